/** sliding: the last stretch of time before the newest event of the key. */
import { formatDuration } from "../model/time.ts";
import { durationSchema, readDuration } from "./cut/duration.ts";
import type { WindowKind } from "./window.ts";

export const sliding: WindowKind = {
  name: "sliding",
  summary: "The events in (newest − size, newest], judged at every event of the key.",
  size: "Length of the window.",
  options: {
    resolution: durationSchema(
      "Keeps buckets of this length instead of events; the window's edge is then off by at most one bucket.",
    ),
  },
  emit: "on_match",
  create(options) {
    const size = readDuration("sliding", options.sliding, 1);
    if (typeof size !== "number") return size;
    if (options.resolution === undefined) return { shape: "sliding", size, resolution: undefined };
    const resolution = readDuration("resolution", options.resolution, 1);
    if (typeof resolution !== "number") return resolution;
    if (resolution > size) {
      return {
        wrong: `Cannot keep buckets of ${formatDuration(resolution)} in a window of ${formatDuration(size)}`,
        help: "`resolution` is at most the size of the window",
      };
    }
    return { shape: "sliding", size, resolution };
  },
  example: "{ sliding: 5s }",
};
