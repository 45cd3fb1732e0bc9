/**
 * The duration that an author most likely meant by a spelling of another language: `10 min`, `1d12h`, `PT2H`, `1.5h`.
 * Only for the help of a problem: the language itself has one spelling.
 */
import { formatDuration, type Millis } from "./time.ts";

const units: Readonly<Record<string, Millis>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Words of a unit, by the letters that the language has for it. */
const words: Readonly<Record<string, RegExp>> = {
  ms: /^(ms|msecs?|millis|milliseconds?)$/,
  s: /^(s|secs?|seconds?)$/,
  m: /^(m|mins?|minutes?)$/,
  h: /^(h|hrs?|hours?)$/,
  d: /^(d|days?)$/,
  w: /^(w|wks?|weeks?)$/,
};

/** The spelling of the language for a foreign one, or undefined when the text is no duration of any kind. */
export function meantDuration(text: string): string | undefined {
  const iso = /^p([\dt].*)/.exec(text.toLowerCase())?.[1]?.replace("t", "");
  const plain = iso ?? text.trim().toLowerCase();
  const parts = [...plain.matchAll(part)];
  if (parts.length === 0 || plain.replace(part, "") !== "") return undefined;
  const millis = parts.reduce((sum, [, number, word]) => sum + Number(number) * sizeOf(word ?? ""), 0);
  return Number.isSafeInteger(millis) ? formatDuration(millis) : undefined;
}

const part = /(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*/g;

function sizeOf(word: string): Millis {
  const unit = Object.keys(words).find((unit) => words[unit]?.test(word));
  return units[unit ?? ""] ?? NaN;
}

/** The way out for a text that is no duration. */
export function durationHelp(text: string): string {
  const meant = meantDuration(text);
  return meant === undefined
    ? "write a whole number and a unit: 500ms, 5s, 10m, 24h or 7d"
    : `write ${meant}: a whole number and one unit`;
}
