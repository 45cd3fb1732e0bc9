/** The server of a running engine, where the deployment asks for one, and the numbers that it shows. */
import { now } from "../../engine/adapters/clock.ts";
import type { HttpIngest } from "../../engine/adapters/http_source.ts";
import { isExporting, observe } from "../../engine/adapters/telemetry.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import type { EngineStatus } from "../../engine/runtime/engine/status.ts";
import type { RoutesTask } from "../../engine/runtime/routes/task.ts";
import { EnvironmentError } from "../command.ts";
import type { Customers } from "./customers/customers.ts";
import type { Distribution } from "./measured.ts";
import { metricsOf } from "./metrics.ts";
import type { Reloader } from "./reloader.ts";
import { type RunningServer, startServer } from "./server.ts";

export interface Served {
  readonly deployment: Deployment;
  readonly isEmbedded: boolean;
  readonly status: () => EngineStatus;
  /** Or why there is none. */
  readonly reloader: Reloader | string;
  readonly ingest: HttpIngest;
  readonly customers: Customers;
  /** Undefined where the deployment has none. */
  readonly routes: RoutesTask | undefined;
  readonly distributions: readonly Distribution[];
  readonly log: (line: string) => void;
}

const noReloads = { done: 0, failed: 0, last: undefined };

/** Throws when the address is taken; the embedded engine does without. */
export function serve(served: Served): RunningServer | undefined {
  const { deployment: { http, source, telemetry }, isEmbedded, status, reloader, ingest, distributions, log } = served;
  const reloads = () => ({
    ...(typeof reloader === "string" ? noReloads : { ...reloader.counts, last: reloader.last }),
    disabledEndpoints: served.customers.disabled,
    routes: served.routes?.counts,
  });
  if (telemetry.otel) {
    observe(() => metricsOf(status(), reloads(), now()));
    if (!isExporting()) log("Telemetry is on, and Deno exports none: set OTEL_DENO=true");
  }
  if (http === undefined) return undefined;
  try {
    const server = startServer(http, {
      ...{ status, reloads, distributions },
      ingest: source.kind === "http" ? ingest : undefined,
      reload: () =>
        typeof reloader === "string" ? Promise.resolve({ outcome: "refused", problems: reloader }) : reloader.reload(),
    });
    log(`Status on http://${server.address}/v1/status`);
    return server;
  } catch (error) {
    const reason = `Cannot listen on ${http.hostname}:${http.port}: ${error instanceof Error ? error.message : error}`;
    if (!isEmbedded) throw new EnvironmentError(reason, { cause: error });
    log(reason);
    return undefined;
  }
}
