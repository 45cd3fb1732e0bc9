/** What an event, an aggregate or an expression can hold. JSON, and nothing else: state and alerts stay serialisable. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

/** A JSON object: an event's data, a state's head, a record. */
export type Fields = { readonly [name: string]: Value };

/** True for an object that is neither an array nor null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
