/** Reads options that a schema has already checked, and the pieces of schema that several sinks share. */
import { parseDuration } from "../../engine/model/time.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Value } from "../../engine/model/value.ts";
import { isFields } from "../../engine/model/value.ts";

export const text = { type: "string", minLength: 1 } as const;
export const duration = { type: "string", pattern: "^\\d{1,12}(ms|s|m|h|d)$" } as const;

/** A name in a database, or two with a dot between. */
export const identifier = {
  type: "string",
  pattern: "^[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?$",
} as const;

/** Milliseconds of a duration that the schema has checked, or `otherwise`. */
export function millisOf(option: Value | undefined, otherwise: Millis): Millis {
  return (typeof option === "string" ? parseDuration(option) : undefined) ?? otherwise;
}

/** A text or undefined. */
export function textOf(option: Value | undefined): string | undefined {
  return typeof option === "string" ? option : undefined;
}

/** One text, or several. */
export function textsOf(option: Value | undefined): readonly string[] {
  if (Array.isArray(option)) return option.map(String);
  return typeof option === "string" ? [option] : [];
}

/** Texts by name. */
export function textMapOf(option: Value | undefined): Readonly<Record<string, string>> {
  if (!isFields(option)) return {};
  return Object.fromEntries(Object.entries(option).map(([name, value]) => [name, String(value)]));
}

/** The URL of an option. Throws a sentence that does not repeat it, because it may hold a secret. */
export function urlOf(option: Value | undefined, sink: string): URL {
  const url = URL.canParse(String(option)) ? new URL(String(option)) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new Error(`The sink "${sink}" needs an http or https address in "url"`);
}
