/** The server of a running engine, where the deployment asks for one. */
import type { HttpIngest } from "../../engine/adapters/http_source.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import type { EngineStatus } from "../../engine/runtime/engine/status.ts";
import { EnvironmentError } from "../command.ts";
import type { Reloader } from "./reloader.ts";
import { type RunningServer, startServer } from "./server.ts";

const noReloads = { done: 0, failed: 0, last: undefined };

/** Throws when the address is taken; the embedded engine does without. */
export function serve(
  { http }: Deployment,
  isEmbedded: boolean,
  status: () => EngineStatus,
  /** Or why there is none. */
  reloader: Reloader | string,
  ingest: HttpIngest | undefined,
  log: (line: string) => void,
): RunningServer | undefined {
  if (http === undefined) return undefined;
  try {
    const server = startServer(http, {
      status,
      ingest,
      reloads: () => typeof reloader === "string" ? noReloads : { ...reloader.counts, last: reloader.last },
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
