/**
 * Endpoints of customers as sinks: one lane for each, so that one that is away delays nobody. Each customer has a secret
 * of their own, made of the deployment's and of their name: it need not be kept, and tells nothing of another's.
 */
import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import type { CustomerWebhooks, SinkSettings } from "../../../engine/config/deployment.ts";
import type { Endpoint, Threshold } from "../../../engine/model/threshold.ts";
import { customersName } from "../lanes.ts";

/** Name of an endpoint's lane. It holds nothing of the address, which may be a secret. */
export function laneOf({ tenant, url }: Endpoint): string {
  const mark = createHash("sha256").update(`${tenant}\0${url}`).digest("hex").slice(0, 12);
  return `${customersName}:${tenant.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 40)}-${mark}`;
}

/** The endpoints that thresholds name, each once. */
export function endpointsOf(thresholds: readonly Threshold[]): ReadonlyMap<string, Endpoint> {
  const named = thresholds.flatMap(({ tenant, webhook }) => webhook === undefined ? [] : [{ tenant, url: webhook }]);
  return new Map(named.map((endpoint) => [laneOf(endpoint), endpoint]));
}

/** An endpoint as a sink of its own. */
export function sinkOf(endpoint: Endpoint, { secrets, options }: CustomerWebhooks): SinkSettings {
  const lane = laneOf(endpoint);
  const secret = secretsOf(endpoint.tenant, secrets);
  const signing = secret.length === 0 ? {} : { secret };
  return { name: lane, lane, kind: "webhook", options: { ...options, ...signing, url: endpoint.url } };
}

/** The secrets of a customer, one for each of the deployment's: HMAC-SHA256 of the customer's name. */
export function secretsOf(tenant: string, secrets: readonly string[]): string[] {
  return secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `whsec_${createHmac("sha256", key).update(tenant).digest("base64")}`;
  });
}
