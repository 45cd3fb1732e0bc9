/** Keeps secrets out of what people and logs read: reasons, errors, answers that a receiver echoes. */

/** Shorter texts are no secrets worth the name, and replacing them would garble every sentence. */
const shortest = 4;

/** The text with every secret, as it is or percent-encoded, replaced by `***`. */
export function hidden(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= shortest).reduce(
    (rest, secret) =>
      [secret, encodeURIComponent(secret), decoded(secret)].reduce((at, one) => at.replaceAll(one, "***"), rest),
    text,
  );
}

/** What is secret in a URL that is itself a credential: its path and the ends of it, query, user and password. */
export function secretsOf(url: URL): readonly string[] {
  const names = url.pathname.split("/").filter((name) => name !== "");
  const ends = names.map((_, i) => names.slice(i).join("/")).filter((end) => end.length >= pathShortest);
  return [url.search.slice(1), ...url.searchParams.values(), ...ends, url.username, url.password];
}

/** Shorter ends of a path, such as `hook`, are words. */
const pathShortest = 8;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
