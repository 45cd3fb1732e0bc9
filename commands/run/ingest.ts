/**
 * `POST /v1/events/{stream}`: one event as JSON, several as a JSON array, or one a line as NDJSON. The answer comes when
 * they are safe. Whether an event keeps its contract is judged where all events are: misfits go to the dead letters.
 */
import { Buffer } from "node:buffer";
import type { HttpIngest } from "../../engine/adapters/http_source.ts";
import { problem } from "./problem.ts";

/** Longest body, in bytes. */
const bodyMax = 16 << 20;

const mendable = { "retry-after": "1" };

/** Answers a post of events of a stream. */
export async function ingest(request: Request, stream: string, into: HttpIngest): Promise<Response> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const read = readers.get(type);
  if (read === undefined) {
    const detail = `Events are posted as ${[...readers.keys()].join(" or ")}`;
    return problem(415, "Unsupported media type", detail);
  }
  const body = await bodyOf(request);
  if (body === undefined) return problem(413, "Too large", `A body has at most ${bodyMax} bytes: post in several`);
  const values = read(body);
  if (typeof values === "string") return problem(400, "Not JSON", values);
  const posted = values.length === 0 ? "saved" : await into.post(stream, values);
  switch (posted) {
    case "saved":
      return Response.json({ saved: values.length });
    case "unknown_stream":
      return problem(404, "Unknown stream", `No rule reads "${stream}"; streams read: ${into.streams.join(", ")}`);
    case "full":
      return problem(503, "Busy", "More waits than memory takes in: post again", mendable);
    case "closed":
      return problem(503, "Not saved", "The engine is starting, stopping or standing by: post again", mendable);
  }
}

type Reader = (body: Uint8Array) => readonly Uint8Array[] | string;

const readers: ReadonlyMap<string, Reader> = new Map([
  ["application/json", jsonValues],
  ["application/x-ndjson", lines],
]);

/** A single event keeps its bytes; those of an array are written anew. */
function jsonValues(body: Uint8Array): readonly Uint8Array[] | string {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (!Array.isArray(value)) return [body];
    return value.map((event) => new TextEncoder().encode(JSON.stringify(event)));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const lineFeed = 0x0a;

function lines(body: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let from = 0; from < body.length;) {
    const end = body.indexOf(lineFeed, from);
    const line = body.subarray(from, end < 0 ? body.length : end);
    if (line.some((byte) => byte > 0x20)) found.push(line);
    from = end < 0 ? body.length : end + 1;
  }
  return found;
}

/** The body; undefined where it is too long, of which no more than that is read. */
async function bodyOf(request: Request): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > bodyMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
