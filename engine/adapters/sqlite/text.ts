/** Texts on their way to SQLite and back. */
import { sealed, unsealed } from "../stored_text.ts";

export type Bound = string | Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The driver cuts a text at U+0000 when it reads it, so such a one goes as its bytes. */
export function bound(text: string): Bound {
  return text.includes("\0") ? encoder.encode(text) : text;
}

export function unbound(stored: unknown): string {
  return stored instanceof Uint8Array ? decoder.decode(stored) : String(stored);
}

/** A value with its format version. */
export function boundValue(text: string): Bound {
  return bound(sealed(text));
}

export function unboundValue(stored: unknown): string {
  return unsealed(unbound(stored));
}
