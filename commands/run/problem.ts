/** Errors of the HTTP server, as RFC 9457 has them. */

/** A problem document. `detail` says what to do. */
export function problem(
  status: number,
  title: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = JSON.stringify({ type: "about:blank", title, status, detail });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}
