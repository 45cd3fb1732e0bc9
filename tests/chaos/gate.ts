/** A door in front of a server: open, shut to everyone, or holding back what passes. */

export interface Gate {
  readonly address: string;
  /** Nobody can connect, and who is connected is cut off. */
  readonly shut: () => void;
  /** What is sent waits in the door; connections stay. */
  readonly hold: () => void;
  /** Lets through; what it held back is lost, with the connections that it came from. */
  readonly open: () => void;
  /** Bytes that it holds back. */
  readonly held: () => number;
  readonly close: () => void;
}

type Way = "open" | "held" | "shut";

/** A door in front of a server at `host:port`, open at first. */
export function gateTo(address: string): Gate {
  const [hostname = "127.0.0.1", port] = address.split(":");
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  const state: { way: Way; held: number } = { way: "open", held: 0 };

  async function carry(client: Deno.Conn): Promise<void> {
    connections.add(client);
    const server = await Deno.connect({ hostname, port: Number(port) });
    connections.add(server);
    await Promise.race([relay(client, server), relay(server, client)]).catch(() => {});
    drop([client, server]);
  }

  async function relay(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const chunk = new Uint8Array(65_536);
    for (let size = await from.read(chunk); size !== null; size = await from.read(chunk)) {
      if (state.way === "held") state.held += size;
      else for (let done = 0; done < size;) done += await to.write(chunk.subarray(done, size));
    }
  }

  function drop(some: Iterable<Deno.Conn>): void {
    for (const connection of some) {
      if (!connections.delete(connection)) continue;
      connection.close();
    }
  }

  void (async () => {
    for await (const client of listener) {
      if (state.way === "shut") client.close();
      else void carry(client).catch(() => drop([client]));
    }
  })();

  return {
    address: `127.0.0.1:${listener.addr.port}`,
    shut() {
      state.way = "shut";
      drop([...connections]);
    },
    hold() {
      Object.assign(state, { way: "held", held: 0 });
    },
    open() {
      if (state.way === "held") drop([...connections]);
      state.way = "open";
    },
    held: () => state.held,
    close() {
      listener.close();
      drop([...connections]);
    },
  };
}
