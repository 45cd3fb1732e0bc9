/** Ids of alerts and records: SHA-256 over what semantics.md 32 names, so that a replay gives the same ones. */
import { createHash } from "node:crypto";
import type { Value } from "../model/value.ts";

/** Hexadecimal digits of an id: 128 bits. */
const digits = 32;

/** The id of what the parts say, in their order. */
export function identify(...parts: readonly Value[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, digits);
}
