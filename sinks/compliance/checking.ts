/** A local server that checks each request against what the real service publishes, for services nobody can run here. */

export interface Checked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface CheckingServer {
  readonly address: string;
  /** Requests that were in order, oldest first. */
  readonly taken: readonly Checked[];
  /** What was wrong with the others. */
  readonly faults: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Answers 400 with the fault that `check` names, else what `answer` says. */
export function checkingServer(
  check: (request: Checked) => string | undefined,
  answer: (request: Checked) => Response | Promise<Response>,
): CheckingServer {
  const taken: Checked[] = [];
  const faults: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const text = await request.text();
    const { pathname, searchParams } = new URL(request.url);
    const checked = { path: pathname, query: searchParams, headers: request.headers, text, json: parsed(text) };
    const fault = request.method === "POST" ? check(checked) : `${request.method} is not POST`;
    if (fault === undefined) {
      taken.push(checked);
      return await answer(checked);
    }
    faults.push(fault);
    return new Response(fault, { status: 400 });
  });
  return { address: `127.0.0.1:${server.addr.port}`, taken, faults, stop: () => server.shutdown() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
