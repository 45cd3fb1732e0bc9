/** The engine's small server: health, readiness, status, metrics, reload, events. Without tokens it answers this machine only. */
import { now } from "../../engine/adapters/clock.ts";
import type { EngineStatus } from "../../engine/runtime/engine/status.ts";
import type { HttpIngest } from "../../engine/adapters/http_source.ts";
import { ingest } from "./ingest.ts";
import type { Distribution } from "./measured.ts";
import { metricsOf, type ReloadCounts } from "./metrics.ts";
import { metricsText } from "./metrics_text.ts";
import { problem } from "./problem.ts";

/** What came of a reload that was asked for. */
export type Reloaded =
  | { readonly outcome: "switched"; readonly offsets: { readonly [partition: string]: number } }
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "refused"; readonly problems: string };

export interface ServerNeeds {
  readonly status: () => EngineStatus;
  readonly reloads: () => ReloadCounts & { readonly last: Reloaded | undefined };
  readonly reload: () => Promise<Reloaded>;
  readonly distributions: readonly Distribution[];
  /** Where events are posted to; undefined where they come from elsewhere. */
  readonly ingest: HttpIngest | undefined;
}

export interface RunningServer {
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Listens until it is closed. Throws when the address is taken. */
export function startServer({ hostname, port }: { hostname: string; port: number }, needs: ServerNeeds): RunningServer {
  const server = Deno.serve({ hostname, port, onListen: () => {} }, (request) => answer(request, needs));
  return { address: `${server.addr.hostname}:${server.addr.port}`, close: () => server.shutdown() };
}

const eventsPath = /^\/v1\/events\/([^/]+)$/;

async function answer(request: Request, needs: ServerNeeds): Promise<Response> {
  const { status, reloads, reload } = needs;
  const { pathname } = new URL(request.url);
  const stream = request.method === "POST" ? eventsPath.exec(pathname)?.[1] : undefined;
  if (stream !== undefined && needs.ingest !== undefined) return await ingest(request, stream, needs.ingest);
  switch (`${request.method} ${pathname}`) {
    case "GET /healthz":
      return json({ status: "alive" });
    case "GET /readyz": {
      const { role, troubles } = status();
      return json({ role, ready: troubles.length === 0, troubles }, troubles.length === 0 ? 200 : 503);
    }
    case "GET /v1/status":
      return json({ ...status(), reloads: reloads() });
    case "GET /metrics":
      return new Response(metricsText(metricsOf(status(), reloads(), now()), needs.distributions), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      });
    case "POST /v1/reload": {
      const reloaded = await reload();
      return json(reloaded, reloaded.outcome === "refused" ? 422 : 200);
    }
    default:
      return problem(404, "Not found", `${request.method} ${pathname} is nothing that this server answers`);
  }
}

function json(value: unknown, status = 200): Response {
  return Response.json(value, { status });
}
