/** Times of the command line: RFC 3339, or a day for its first instant in UTC. */
import type { Millis } from "../../engine/model/time.ts";
import { type Given, UsageError } from "../command.ts";

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** The time that an option names, undefined when it was not given. Throws a UsageError for what is no time. */
export function timeOption(given: Given, name: string): Millis | undefined {
  const text = given.text(name);
  if (text === undefined) return undefined;
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const time = day || dateTime.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`Option \`--${name}\` takes a time such as 2026-01-05T10:00:00Z, found "${text}"`);
}
