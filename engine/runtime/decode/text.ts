/** From bytes to a JSON value: UTF-8, syntax and depth (semantics.md 19). Nothing here knows of contracts. */
import { Buffer, isAscii, isUtf8 } from "node:buffer";
import type { Value } from "../../model/value.ts";

/** Objects and arrays may be nested this deep. */
export const depthLimit = 1_000;
/** The shortest text that is nested deeper than the limit: so many openings and as many closings. */
const shortestTooDeep = 2 * (depthLimit + 1);

/** Not fatal, because `isUtf8` has judged the bytes already at a seventh of a fatal decoder's cost; a BOM stays text. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of UTF-8 bytes; undefined when they are none. ASCII, which almost all events are, takes the shortest way. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return isUtf8(bytes) ? utf8.decode(bytes) : undefined;
}

/**
 * The value of a JSON text. The last of duplicate names wins and `__proto__` is an own property, as JSON.parse does it.
 * Undefined when the text is no JSON.
 */
export function parseJson(text: string): Value | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * True when JSON is nested deeper than the limit. What is nested so deep would overflow the stack of everything that
 * walks values later (hashing, writing alerts), not of the parser. Counts brackets outside strings; the JSON must be valid.
 */
export function isTooDeep(bytes: Uint8Array): boolean {
  const length = bytes.length;
  if (length < shortestTooDeep) return false;
  let depth = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) at = endOfString(bytes, at + 1);
    else if (byte === openBrace || byte === openBracket) {
      if (++depth > depthLimit) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

/** Index of the quote that ends the string. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

const quote = 34;
const backslash = 92;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;
