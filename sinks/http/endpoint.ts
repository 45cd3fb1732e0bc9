/** What HTTP sinks of the operator's own servers share: an address, headers, credentials, a deadline, verdicts. */
import { Buffer } from "node:buffer";
import type { Fields } from "../../engine/model/value.ts";
import type { Verdict } from "../sink.ts";
import { duration, millisOf, text, textMapOf, textOf, urlOf } from "../text/options.ts";
import { secretsOf } from "../text/secrets.ts";
import { openHttp, trusted } from "./client.ts";
import { type Judge, mendable, post } from "./verdict.ts";

/** Options that every such sink has. */
export const endpointSchema = {
  url: { description: "http or https address; user and password in it are sent as basic authorization.", ...text },
  headers: { description: "Further headers.", type: "object", additionalProperties: text },
  ca: {
    description: "Certificates of the authority in PEM, such as `${file:/etc/ca.pem}`; the system's when absent.",
    ...text,
  },
  timeout: { description: "Longest wait for a whole answer; 10s by default.", ...duration },
} as const;

export interface EndpointRequest {
  /** Appended to the path of the address. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly judge?: Judge;
}

export interface Endpoint {
  readonly post: (request: EndpointRequest) => Promise<Verdict>;
  readonly close: () => void;
}

export interface EndpointSettings {
  /** Texts beside those of address and headers that no reason may contain. */
  readonly secrets?: readonly string[];
  readonly connections?: number;
}

export function openEndpoint(options: Fields, sink: string, settings: EndpointSettings = {}): Endpoint {
  const url = urlOf(options.url, sink);
  const own = textMapOf(options.headers);
  const headers = { "content-type": "application/json", ...basicOf(url), ...own };
  const secrets = [...secretsOf(url), ...Object.values(own), ...settings.secrets ?? []];
  const timeout = millisOf(options.timeout, trusted.timeout);
  const ca = textOf(options.ca);
  const connections = settings.connections ?? 1;
  const client = openHttp({ ...trusted, timeout, connections, ...(ca === undefined ? {} : { ca }) });
  return {
    post({ path = "", query = {}, headers: more = {}, body, judge }) {
      const request = {
        method: "POST",
        url: placed(url, path, query),
        headers: { ...headers, ...more },
        body,
      } as const;
      return post(client, request, { secrets, retry: mendable, ...(judge === undefined ? {} : { judge }) });
    },
    close: () => client.close(),
  };
}

function placed(base: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(base);
  [url.username, url.password] = ["", ""];
  if (path !== "") url.pathname = `${base.pathname.replace(/\/$/, "")}${path}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

function basicOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}
