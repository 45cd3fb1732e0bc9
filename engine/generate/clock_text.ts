/** Times as texts for events: RFC 3339 in UTC, worked out anew only when the second changes. */
import { formatTime, type Millis } from "../model/time.ts";

const millisTexts = Array.from({ length: 1_000 }, (_, i) => `${String(i).padStart(3, "0")}Z`);
const last = { second: NaN, text: "" };

/** `2026-01-05T10:00:00.123Z`; several times faster than `formatTime` for times that follow each other closely. */
export function timeText(time: Millis): string {
  const second = Math.floor(time / 1_000);
  if (second !== last.second) {
    last.second = second;
    last.text = formatTime(second * 1_000).slice(0, -4);
  }
  return last.text + (millisTexts[time - second * 1_000] ?? "000Z");
}
