/**
 * Time as the engine knows it: whole milliseconds since 1970-01-01T00:00:00Z, always an argument, never a clock.
 * Parsing follows semantics.md 2: digits beyond the millisecond are cut off, dates that do not exist are no time.
 */

/** Milliseconds since the epoch, an integer. */
export type Millis = number;

const unitMillis: Record<string, Millis> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `500ms`, `5s`, `10m`, `24h`, `7d`; undefined when the text is none. */
export function parseDuration(text: string): Millis | undefined {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text);
  if (match === null) return undefined;
  const millis = Number(match[1]) * (unitMillis[match[2] ?? ""] ?? NaN);
  return Number.isSafeInteger(millis) ? millis : undefined;
}

/** The shortest spelling of a duration: 90_000 is `90s`, 3_600_000 is `1h`. */
export function formatDuration(millis: Millis): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const size = unitMillis[unit] ?? 1;
    if (millis !== 0 && millis % size === 0) return `${millis / size}${unit}`;
  }
  return `${millis}ms`;
}

/** RFC 3339 in UTC with milliseconds, the one form in which times leave the engine. */
export function formatTime(time: Millis): string {
  return new Date(time).toISOString();
}
