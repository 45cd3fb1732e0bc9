/** What generated code calls where types leave a question open: the same rules as for known types, at run time. */
import type { Value } from "../model/value.ts";

type Maybe = Value | undefined;

/** Own field of an object; undefined for anything else. */
export function field(of: Maybe, name: string): Maybe {
  if (typeof of !== "object" || of === null || Array.isArray(of)) return undefined;
  return Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
}

/** Element of a list, or field of an object. */
export function element(of: Maybe, index: Maybe): Maybe {
  if (Array.isArray(of)) return typeof index === "number" ? of[index] : undefined;
  return typeof index === "string" ? field(of, index) : undefined;
}

/** Whether two values are equal, lists and objects by content. A number never equals a string. */
export function same(a: Maybe, b: Maybe): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  }
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(field(a, name), field(b, name)));
}

/** Whether a list holds a value. */
export function holds(list: readonly Value[], value: Maybe): boolean {
  return list.some((item) => same(item, value));
}

/** Order of two values of unknown type: negative, zero or positive; undefined when they have none. */
export function order(a: Maybe, b: Maybe): number | undefined {
  const ordered = (typeof a === "number" && typeof b === "number") || (typeof a === "string" && typeof b === "string");
  if (!ordered) return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What json-rules-engine takes for a number: whatever begins like one. */
export function numeric(value: Maybe): boolean {
  return !Number.isNaN(Number.parseFloat(String(value)));
}
