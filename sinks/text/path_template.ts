/**
 * Names that depend on what is delivered: a topic, a key such as `score:{values.tx_id}`, an address. A place holds a path
 * into the alert or the record, or the name of one of its values; rules have expressions, options have paths.
 */
import type { Fields, Value } from "../../engine/model/value.ts";
import { isFields } from "../../engine/model/value.ts";

/** Renders the template; undefined when one of its paths leads to nothing that can stand in a name. */
export type PathTemplate = (fields: Fields) => string | undefined;

/** Throws a sentence that names the place when a brace does not fit or a path is none. */
export function pathTemplate(text: string): PathTemplate {
  const pieces = text.split(/(\{[^{}]*\})/).map(piece);
  return (fields) => {
    let name = "";
    for (const one of pieces) {
      const part = typeof one === "string" ? one : shown(found(fields, one));
      if (part === undefined) return undefined;
      name += part;
    }
    return name;
  };
}

/** The value that a path such as `entities.payment` leads to. */
export function valueAt(fields: Fields, path: readonly string[]): Value | undefined {
  let at: Value | undefined = fields;
  for (const name of path) at = isFields(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return at;
}

/** A name that the alert or record itself lacks is looked for among its values, its key and its entities. */
export function found(fields: Fields, path: readonly string[]): Value | undefined {
  const places = path.length > 1 ? [[]] : [[], ["values"], ["key"], ["entities"]];
  for (const place of places) {
    const value = valueAt(fields, [...place, ...path]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Splits a path, and throws a sentence when it is none. */
export function pathOf(text: string): readonly string[] {
  const path = text.trim().split(".");
  if (path.every((name) => /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name))) return path;
  throw new Error(`"${text}" is no path into an alert or a record, such as "entities.payment"`);
}

function piece(text: string): string | readonly string[] {
  if (/^\{[^{}]*\}$/.test(text)) return pathOf(text.slice(1, -1));
  if (/[{}]/.test(text)) throw new Error(`A brace of "${text}" does not fit: a place is written {path}`);
  return text;
}

function shown(value: Value | undefined): string | undefined {
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}
