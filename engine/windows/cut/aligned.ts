/** Windows with fixed edges, cut from the epoch or on the local wall clock (semantics.md 7). */
import { formatDuration, type Millis } from "../../model/time.ts";
import type { Value } from "../../model/value.ts";
import type { AlignedWindow, Wrong } from "../window.ts";
import { durationSchema, readDuration } from "./duration.ts";
import { localWindow } from "./local.ts";
import { openZone } from "./zone.ts";

/** What may stand beside the sizes of such a window. */
export const cutOptions = {
  offset: durationSchema(
    "Moves the edges: they lie this much after the epoch, or after local midnight with a time zone.",
  ),
  timezone: {
    type: "string",
    description: "IANA time zone such as Europe/Paris: windows are cut on its wall clock, from local midnight.",
  },
} as const;

const day: Millis = 86_400_000;

/** Windows of `size`, one every `every`, with `offset` and `timezone` as the options say. */
export function cutWindows(
  size: Millis,
  every: Millis,
  options: { readonly [name: string]: Value },
): AlignedWindow | Wrong {
  const offset = options.offset === undefined ? 0 : readDuration("offset", options.offset, 0);
  if (typeof offset !== "number") return offset;
  if (options.timezone === undefined) return fixedWindow(size, every, offset % every);
  const uneven = [size, every].find((span) => day % span !== 0);
  if (uneven !== undefined) {
    return {
      wrong: `Cannot cut local days into windows of ${formatDuration(uneven)}: it does not divide 24h`,
      help: "with `timezone` use a size that divides 24h, such as 15m, 1h, 6h or 24h",
    };
  }
  const zone = openZone(String(options.timezone));
  return "wrong" in zone ? zone : localWindow(zone, size, every, offset % every);
}

/** Cut from the epoch in UTC: arithmetic only, negative times included. */
function fixedWindow(size: Millis, every: Millis, offset: Millis): AlignedWindow {
  return {
    shape: "aligned",
    size,
    every,
    starts(time, into) {
      const newest = Math.floor((time - offset) / every) * every + offset;
      const oldest = newest - (Math.ceil((size - (time - newest)) / every) - 1) * every;
      for (let start = oldest; start <= newest; start += every) into.push(start);
    },
    end: (start) => start + size,
    next: (start) => start + every,
  };
}
