/** The server of a running engine, where the deployment asks for one. */
import type { Deployment } from "../../engine/config/deployment.ts";
import type { EngineStatus } from "../../engine/runtime/engine/status.ts";
import { EnvironmentError } from "../command.ts";
import type { Reloader } from "./reloader.ts";
import { type RunningServer, startServer } from "./server.ts";

/** Throws when the address is taken; the embedded engine does without. */
export function serve(
  { http }: Deployment,
  isEmbedded: boolean,
  status: () => EngineStatus,
  reloader: Reloader | undefined,
  log: (line: string) => void,
): RunningServer | undefined {
  if (http === undefined) return undefined;
  try {
    const server = startServer(http, {
      status,
      reloads: () => ({ ...(reloader?.counts ?? { done: 0, failed: 0 }), last: reloader?.last }),
      reload: () => reloader?.reload() ?? Promise.resolve({ outcome: "unchanged" }),
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
