/** session: events of a key that are less than a gap apart. */
import { readDuration } from "./cut/duration.ts";
import type { WindowKind } from "./window.ts";

export const session: WindowKind = {
  name: "session",
  summary: "Events of a key that are less than the gap apart: [first, last + gap). Events connect sessions.",
  size: "The gap: silence of this length ends a session.",
  options: {},
  emit: "on_match",
  create(options) {
    const gap = readDuration("session", options.session, 1);
    return typeof gap === "number" ? { shape: "merging", gap } : gap;
  },
  example: "{ session: 30m }",
};
