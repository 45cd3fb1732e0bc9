/** tumbling: windows of one size, side by side. */
import { cutOptions, cutWindows } from "./cut/aligned.ts";
import { readDuration } from "./cut/duration.ts";
import type { WindowKind } from "./window.ts";

export const tumbling: WindowKind = {
  name: "tumbling",
  summary: "Windows of one size, side by side: [start, end), cut from the epoch or from local midnight.",
  size: "Length of a window.",
  options: cutOptions,
  emit: "on_close",
  create(options) {
    const size = readDuration("tumbling", options.tumbling, 1);
    return typeof size === "number" ? cutWindows(size, size, options) : size;
  },
  example: "{ tumbling: 5m }",
};
