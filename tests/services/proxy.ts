/**
 * A connection that breaks at a chosen command, for tests of what a client makes of it: the commands before it are carried
 * out by the server; from then on no answer comes back and nobody can connect.
 */

export interface Proxy {
  readonly address: string;
  /**
   * Lets so many more commands through. The connection breaks when the last of them was sent, so that its answer is lost,
   * or when one more is to be sent.
   */
  readonly cutAfter: (commands: number, loses: "answer" | "request") => void;
  readonly isCut: () => boolean;
  /** Lets everything through again. */
  readonly mend: () => void;
  readonly close: () => void;
}

/** A proxy of a server that speaks RESP, such as Redis. */
export function proxyOf(address: string): Proxy {
  const [hostname = "127.0.0.1", port] = address.split(":");
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const state: State = { left: Infinity, loses: "request", isCut: false, open: new Set() };
  void (async () => {
    for await (const client of listener) {
      if (state.isCut) client.close();
      else void carry(client, await Deno.connect({ hostname, port: Number(port) }), state).catch(() => {});
    }
  })();
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    cutAfter: (left, loses) => void Object.assign(state, { left, loses }),
    isCut: () => state.isCut,
    mend: () => void Object.assign(state, { left: Infinity, isCut: false }),
    close() {
      for (const one of state.open) closed(one);
      listener.close();
    },
  };
}

interface State {
  /** Commands that are still let through. */
  left: number;
  loses: "answer" | "request";
  isCut: boolean;
  readonly open: Set<Deno.Conn>;
}

async function carry(client: Deno.Conn, server: Deno.Conn, state: State): Promise<void> {
  state.open.add(client).add(server);
  const relayed = (async () => {
    const chunk = new Uint8Array(65_536);
    for (let size = await server.read(chunk); size !== null; size = await server.read(chunk)) {
      if (!state.isCut) await writeAll(client, chunk.subarray(0, size));
    }
  })().catch(() => {});
  let waiting = new Uint8Array(0);
  const chunk = new Uint8Array(65_536);
  for (let size = await client.read(chunk); size !== null && !state.isCut; size = await client.read(chunk)) {
    waiting = joined(waiting, chunk.subarray(0, size));
    let sent = 0;
    for (let end = endOfCommand(waiting, sent); end !== undefined; end = endOfCommand(waiting, sent)) {
      if (state.left === 0) state.isCut = true;
      if (state.isCut) break;
      state.left--;
      sent = end;
      if (state.left === 0 && state.loses === "answer") state.isCut = true;
    }
    await writeAll(server, waiting.subarray(0, sent));
    waiting = waiting.slice(sent);
    if (state.isCut) break;
  }
  // The server has all that was sent when it sees the end, and has answered it when it ends in turn.
  await server.closeWrite().catch(() => {});
  await relayed;
  for (const one of [client, server]) closed(one);
}

/** Where the command that begins at `start` ends: `*<count>` and that many `$<length>` with their bytes. */
function endOfCommand(bytes: Uint8Array, start: number): number | undefined {
  let at = start;
  const number = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0) return undefined;
    const text = new TextDecoder().decode(bytes.subarray(at + 1, end - 1));
    at = end + 1;
    return Number(text);
  };
  const count = number();
  for (let i = 0; count !== undefined && i < count; i++) {
    const length = number();
    if (length === undefined) return undefined;
    at += length + 2;
  }
  return count === undefined || at > bytes.length ? undefined : at;
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await conn.write(bytes.subarray(done));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function closed(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
