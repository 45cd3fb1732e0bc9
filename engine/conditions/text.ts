/** Walks the text of an expression past its strings and comments, for what needs places and no tree. */

/** Offset after the string literal that begins at `at`; the end of the text when it is not closed. */
function afterString(text: string, at: number): number {
  const quote = text.slice(at, at + 3) === text.charAt(at).repeat(3) ? text.slice(at, at + 3) : text.charAt(at);
  const raw = /(^|[^A-Za-z0-9_])[rR]$/.test(text.slice(Math.max(0, at - 2), at));
  for (let i = at + quote.length; i < text.length; i++) {
    if (text.startsWith(quote, i)) return i + quote.length;
    if (!raw && text[i] === "\\") i++;
  }
  return text.length;
}

/**
 * Calls `visit` for every sign outside of strings and comments, with the depth of brackets around it (a closing bracket
 * has the depth of its opening one); stops when it returns true. Returns the offset at which it stopped, or -1.
 */
export function scan(text: string, from: number, visit: (sign: string, at: number, depth: number) => boolean): number {
  let depth = 0;
  for (let i = from; i < text.length;) {
    const sign = text.charAt(i);
    if (sign === '"' || sign === "'") {
      i = afterString(text, i);
      continue;
    }
    if (sign === "/" && text[i + 1] === "/") {
      const end = text.indexOf("\n", i);
      i = end < 0 ? text.length : end;
      continue;
    }
    if (")]}".includes(sign)) depth--;
    if (visit(sign, i, depth)) return i;
    if ("([{".includes(sign)) depth++;
    i++;
  }
  return -1;
}
