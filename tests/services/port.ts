/** Free ports of this machine. */

/** A port that nothing listens on now. Another process may take it before its user does: starters try again. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
