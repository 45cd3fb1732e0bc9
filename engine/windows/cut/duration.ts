/** Durations among the options of a window. */
import { durationHelp } from "../../model/meant_duration.ts";
import { type Millis, parseDuration } from "../../model/time.ts";
import type { Value } from "../../model/value.ts";
import type { Wrong } from "../window.ts";

/** JSON Schema of a duration. */
export function durationSchema(description: string) {
  return { type: "string", format: "duration", description } as const;
}

/** Milliseconds of an option, or what is wrong with it; `least` is the least that makes sense. */
export function readDuration(name: string, value: Value | undefined, least: Millis): Millis | Wrong {
  const millis = typeof value === "string" ? parseDuration(value) : undefined;
  if (millis === undefined) {
    return {
      wrong: `Cannot read "${name}" of the window: ${value === undefined ? "it is missing" : JSON.stringify(value)}`,
      help: typeof value === "string" ? durationHelp(value) : `write a number and a unit, such as \`${name}: 5m\``,
      at: name,
    };
  }
  if (millis >= least) return millis;
  return {
    wrong: `"${name}" of the window lasts no time: ${String(value)}`,
    help: `write at least \`${name}: 1ms\``,
    at: name,
  };
}
