/**
 * A way to a server that fails on command: slow, silent, cut in the middle of an answer, refusing, gone. It stands
 * between a sink and its real receiver and works on bytes, so every protocol passes through it.
 */
import { sleep } from "../../engine/adapters/clock.ts";

/** What the gate does with the bytes that come by from now on, on open connections too. */
export type GateMode =
  | { readonly does: "pass" }
  /** Answers come this many milliseconds later. */
  | { readonly does: "slow"; readonly by: number }
  /** Requests arrive nowhere, and nobody answers. */
  | { readonly does: "hang" }
  /** Requests arrive; the connection ends after half of the first piece of the answer. */
  | { readonly does: "cut" }
  /** The gate answers HTTP requests itself. */
  | { readonly does: "answer"; readonly status: number; readonly headers?: string; readonly body?: string };

export interface Gate {
  readonly address: string;
  mode: GateMode;
  /** Ends every connection and takes no new one, until `up`. */
  readonly down: () => void;
  readonly up: () => void;
  readonly close: () => void;
}

/** Opens a gate to `host:port`, on a free port unless one is given: brokers must know by which their clients come. */
export function openGate(target: string, at = 0): Gate {
  const open = new Set<Deno.Conn>();
  let listener = Deno.listen({ hostname: "127.0.0.1", port: at });
  const { port } = listener.addr;
  const listen = async () => {
    for await (const conn of listener) void pass(conn, target, gate, open);
  };
  const gate: Gate = {
    address: `127.0.0.1:${port}`,
    mode: { does: "pass" },
    down() {
      release(listener);
      for (const conn of open) end(conn, open);
    },
    up() {
      listener = Deno.listen({ hostname: "127.0.0.1", port });
      void listen();
    },
    close() {
      gate.down();
    },
  };
  void listen();
  return gate;
}

async function pass(client: Deno.Conn, target: string, gate: Gate, open: Set<Deno.Conn>): Promise<void> {
  const [hostname = "", port = ""] = target.split(":");
  const server = await Deno.connect({ hostname, port: Number(port) });
  for (const conn of [client, server]) open.add(conn);
  const leave = () => [client, server].forEach((conn) => end(conn, open));
  void pump(client, (bytes) => request(bytes, client, server, gate)).finally(leave);
  void pump(server, (bytes) => answer(bytes, client, gate)).finally(leave);
}

async function pump(from: Deno.Conn, take: (bytes: Uint8Array) => Promise<boolean>): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
      if (!await take(buffer.slice(0, read))) return;
    }
  } catch {
    // The connection was ended from the other side.
  }
}

/** Handles bytes of the client; false to end the connection. */
async function request(bytes: Uint8Array, client: Deno.Conn, server: Deno.Conn, { mode }: Gate): Promise<boolean> {
  if (mode.does === "answer") return await answerItself(bytes, client, mode);
  if (mode.does !== "hang") await write(server, bytes);
  return true;
}

/** Handles bytes of the server; false to end the connection. */
async function answer(bytes: Uint8Array, client: Deno.Conn, { mode }: Gate): Promise<boolean> {
  if (mode.does === "slow") await sleep(mode.by);
  if (mode.does === "cut") await write(client, bytes.subarray(0, bytes.length / 2));
  else if (mode.does !== "hang") await write(client, bytes);
  return mode.does !== "cut";
}

/** Answers at once and ends the connection; the rest of the request is not read. */
async function answerItself(
  bytes: Uint8Array,
  client: Deno.Conn,
  { status, headers = "", body = "" }: Extract<GateMode, { does: "answer" }>,
): Promise<boolean> {
  if (!/^(POST|PUT|GET) /.test(new TextDecoder().decode(bytes.subarray(0, 5)))) return true;
  const content = new TextEncoder().encode(body);
  const head = `HTTP/1.1 ${status} Told\r\n${headers}content-length: ${content.length}\r\nconnection: close\r\n\r\n`;
  await write(client, new TextEncoder().encode(head + body));
  return true;
}

async function write(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}

function end(conn: Deno.Conn, open: Set<Deno.Conn>): void {
  if (open.delete(conn)) release(conn);
}

function release(resource: { readonly close: () => void }): void {
  try {
    resource.close();
  } catch {
    // It was closed already, perhaps by the other side.
  }
}
