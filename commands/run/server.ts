/** The engine's small server: health, readiness, status, metrics, reload. Without tokens it answers this machine only. */
import { now } from "../../engine/adapters/clock.ts";
import type { EngineStatus } from "../../engine/runtime/engine/status.ts";
import { metricsText, type ReloadCounts } from "./metrics.ts";

/** What came of a reload that was asked for. */
export type Reloaded =
  | { readonly outcome: "switched"; readonly offsets: { readonly [partition: string]: number } }
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "refused"; readonly problems: string };

export interface ServerNeeds {
  readonly status: () => EngineStatus;
  readonly reloads: () => ReloadCounts & { readonly last: Reloaded | undefined };
  readonly reload: () => Promise<Reloaded>;
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

async function answer(request: Request, { status, reloads, reload }: ServerNeeds): Promise<Response> {
  const { pathname } = new URL(request.url);
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
      return new Response(metricsText(status(), reloads(), now()), {
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

/** An error as RFC 9457 has it. */
function problem(status: number, title: string, detail: string): Response {
  const body = JSON.stringify({ type: "about:blank", title, status, detail });
  return new Response(body, { status, headers: { "content-type": "application/problem+json" } });
}
