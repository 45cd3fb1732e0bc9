/** hopping: windows that overlap, a new one every so often. */
import { formatDuration } from "../model/time.ts";
import { cutOptions, cutWindows } from "./cut/aligned.ts";
import { durationSchema, readDuration } from "./cut/duration.ts";
import type { WindowKind } from "./window.ts";

/** An event enters all windows that hold it: more than these would cost too much for each event. */
const overlapMax = 10_000;

export const hopping: WindowKind = {
  name: "hopping",
  summary: "Overlapping windows of one size, one every `every`: [start, end), cut like tumbling ones.",
  size: "Length of a window.",
  options: { every: durationSchema("Distance between the starts of two windows; at most the size."), ...cutOptions },
  required: ["every"],
  emit: "on_close",
  create(options) {
    const size = readDuration("hopping", options.hopping, 1);
    if (typeof size !== "number") return size;
    const every = readDuration("every", options.every, 1);
    if (typeof every !== "number") return every;
    const sizes = `windows of ${formatDuration(size)} every ${formatDuration(every)}`;
    if (every > size) {
      return {
        wrong: `Cannot cut ${sizes}: events between them would be in none`,
        help: "`every` is at most the size",
      };
    }
    if (size / every > overlapMax) {
      const help = `raise \`every\`: an event may be in at most ${overlapMax} windows`;
      return { wrong: `Cannot cut ${sizes}: an event would be in ${Math.ceil(size / every)} of them`, help };
    }
    return cutWindows(size, every, options);
  },
  example: "{ hopping: 1h, every: 5m }",
};
