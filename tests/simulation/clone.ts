/** A deep copy of plain objects, maps, sets, arrays and instances of classes: a snapshot of what a store holds. */

export function clone<T>(value: T): T {
  return copy(value, new Map());
}

// deno-lint-ignore no-explicit-any
function copy(value: any, known: Map<unknown, unknown>): any {
  if (typeof value !== "object" || value === null) return value;
  if (known.has(value)) return known.get(value);
  const made = emptyLike(value);
  known.set(value, made);
  if (value instanceof Map) { for (const [key, one] of value) made.set(copy(key, known), copy(one, known)); }
  if (value instanceof Set) { for (const one of value) made.add(copy(one, known)); }
  for (const name of Object.keys(value)) made[name] = copy(value[name], known);
  return made;
}

// deno-lint-ignore no-explicit-any
function emptyLike(value: any): any {
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  return Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value));
}
