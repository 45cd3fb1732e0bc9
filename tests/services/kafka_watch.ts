/**
 * A relay before a Kafka broker that notes which requests pass it, by the client that sends them: for what only the wire
 * shows, such as how long a member of a group went without a heartbeat.
 */
import { freePort } from "./port.ts";
import { ownKafka, type OwnService } from "./services.ts";

export interface WatchedKafka {
  /** Clients come by this one. */
  readonly address: string;
  /** Notes of the clients whose id begins so, since the last `forget`. */
  readonly seen: (client: string) => Heartbeats;
  readonly forget: () => void;
  readonly remove: () => Promise<void>;
}

/** What members of groups did. */
export interface Heartbeats {
  /** Requests to join a group: one more than the first means that a member was thrown out, or that others came. */
  readonly joins: number;
  readonly beats: number;
  /** Longest time between two of these, in milliseconds, up to now. */
  readonly longest: number;
}

interface Noted {
  readonly client: string;
  readonly what: "join" | "beat";
  readonly at: number;
}

/** Numbers of the protocol's requests. */
const apis = new Map<number, Noted["what"]>([[11, "join"], [12, "beat"]]);

/** A broker of one's own behind such a relay, started. */
export async function watchedKafka(): Promise<WatchedKafka> {
  const port = freePort();
  const broker = await ownKafka(port);
  await broker.start();
  let noted: Noted[] = [];
  const listener = relay(port, broker, (note) => noted.push(note));
  return {
    address: `127.0.0.1:${port}`,
    seen: (client) => heartbeatsOf(noted.filter((note) => note.client.startsWith(client))),
    forget: () => {
      noted = [];
    },
    async remove() {
      listener.close();
      await broker.remove();
    },
  };
}

function heartbeatsOf(noted: readonly Noted[]): Heartbeats {
  const beats = noted.filter(({ what }) => what === "beat").length;
  const times = [...noted.map(({ at }) => at), performance.now()];
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at));
  return { joins: noted.length - beats, beats, longest: Math.max(0, ...gaps) };
}

function relay(port: number, { address }: OwnService, note: (noted: Noted) => void): Deno.Listener {
  const [hostname = "", to] = address.split(":");
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  void (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname, port: Number(to) });
      void server.readable.pipeTo(client.writable).catch(() => {});
      void client.readable.pipeThrough(watching(note)).pipeTo(server.writable).catch(() => {});
    }
  })().catch(() => {});
  return listener;
}

/** Lets bytes pass and reads the beginning of each request: length, number, version, correlation, client. */
function watching(note: (noted: Noted) => void): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const beginning = new Uint8Array(256);
  let have = 0;
  /** Bytes of the present request that are still to come, beside its beginning. */
  let left = 0;
  return new TransformStream({
    transform(chunk, out) {
      for (let at = 0; at < chunk.length;) {
        if (left > 0) {
          const skipped = Math.min(left, chunk.length - at);
          at += skipped;
          left -= skipped;
          continue;
        }
        beginning[have++] = chunk[at++] ?? 0;
        const request = requestOf(beginning.subarray(0, have));
        if (request === undefined) continue;
        const what = apis.get(request.api);
        if (what !== undefined) note({ client: request.client, what, at: performance.now() });
        left = request.length + 4 - have;
        have = 0;
      }
      out.enqueue(chunk);
    },
  });
}

function requestOf(bytes: Uint8Array): { length: number; api: number; client: string } | undefined {
  if (bytes.length < 14) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const name = Math.min(Math.max(view.getInt16(12), 0), 200);
  if (bytes.length < 14 + name) return undefined;
  const client = new TextDecoder().decode(bytes.subarray(14, 14 + name));
  return { length: view.getInt32(0), api: view.getInt16(4), client };
}
