/**
 * JSON for databases that refuse what JSON allows: the character U+0000 and halves of surrogate pairs. Both become
 * U+FFFD; an alert with a broken letter is worth more than an alert that is lost.
 */

/** The same JSON text with what no database stores replaced. */
export function storable(json: string): string {
  if (!/\\u(0000|d[89ab])/i.test(json)) return json;
  // An even number of backslashes before the "u" is text, not an escape.
  return json.replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, "$1\\ufffd");
}
