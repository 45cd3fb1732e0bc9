/** Values as keys of a Set or Map, so that values that are equal in the rule language, and only those, have one key. */
import { isFields, type Value } from "../../model/value.ts";

export type ValueKey = string | number | boolean;

/** What no text of an event begins with unless it means to; such texts are written as JSON behind it. */
const mark = "\u0000";

/** The key of a value other than null. */
export function keyOf(value: Value): ValueKey {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string" && !value.startsWith(mark)) return value;
  return mark + canonicalJson(value);
}

/** The value of a key. */
export function valueOf(key: ValueKey): Value {
  return typeof key === "string" && key.startsWith(mark) ? JSON.parse(key.slice(1)) : key;
}

/** JSON with the names of objects in order. */
export function canonicalJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`).join(",")}}`;
}

/** Keys of a saved state. */
export function loadKeys(saved: Value | undefined): ValueKey[] {
  return Array.isArray(saved) ? saved.filter(isKey) : [];
}

function isKey(value: Value): value is ValueKey {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Booleans, then numbers, then texts by UTF-16 code units, then the rest by its JSON. */
export function compareKeys(a: ValueKey, b: ValueKey): number {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeRank(a) - typeRank(b);
}

function typeRank(key: ValueKey): number {
  if (typeof key === "boolean") return 0;
  return typeof key === "number" ? 1 : 2;
}
