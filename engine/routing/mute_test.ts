/** Mutes on the wall clock, across the changes of clocks of Europe/Paris in 2026 (29 March and 25 October). */
import { expect } from "expect";
import { formatTime } from "../model/time.ts";
import { type Mute, mutedUntil, readMute } from "./mute.ts";

function mute(written: Record<string, string | readonly string[]>): Mute {
  const read = readMute({ timezone: "Europe/Paris", ...written });
  if ("wrong" in read) throw new Error(read.wrong);
  return read;
}

function until(mutes: readonly Mute[], time: string): string | undefined {
  const end = mutedUntil(mutes, Date.parse(time));
  return end === undefined ? undefined : formatTime(end);
}

Deno.test("a night is muted from its first moment to before its end", () => {
  const nights = [mute({ from: "22:00", to: "07:00" })];
  expect(until(nights, "2026-01-05T20:59:59.999Z")).toBe(undefined);
  expect(until(nights, "2026-01-05T21:00:00Z")).toBe("2026-01-06T06:00:00.000Z");
  expect(until(nights, "2026-01-06T05:59:59.999Z")).toBe("2026-01-06T06:00:00.000Z");
  expect(until(nights, "2026-01-06T06:00:00Z")).toBe(undefined);
});

Deno.test("a night in which clocks change ends at its hour on the wall", () => {
  const nights = [mute({ from: "22:00", to: "07:00" })];
  expect(until(nights, "2026-03-28T22:00:00Z")).toBe("2026-03-29T05:00:00.000Z");
  expect(until(nights, "2026-10-24T21:00:00Z")).toBe("2026-10-25T06:00:00.000Z");
});

Deno.test("an hour that clocks skip is never muted, one that they repeat is muted twice", () => {
  const hour = [mute({ from: "02:00", to: "03:00" })];
  expect(until(hour, "2026-03-29T00:59:59Z")).toBe(undefined);
  expect(until(hour, "2026-03-29T01:00:00Z")).toBe(undefined);
  expect(until(hour, "2026-10-25T00:00:00Z")).toBe("2026-10-25T02:00:00.000Z");
  expect(until(hour, "2026-10-25T01:30:00Z")).toBe("2026-10-25T02:00:00.000Z");
});

Deno.test("days are those on which a mute begins, and mutes that touch are one", () => {
  const weekend = [mute({ days: ["sat", "sun"] }), mute({ days: ["sun"], from: "20:00", to: "08:00" })];
  expect(until(weekend, "2026-01-09T22:59:59Z")).toBe(undefined);
  expect(until(weekend, "2026-01-09T23:00:00Z")).toBe("2026-01-12T07:00:00.000Z");
  expect(until(weekend, "2026-01-12T06:00:00Z")).toBe("2026-01-12T07:00:00.000Z");
  expect(until(weekend, "2026-01-13T06:00:00Z")).toBe(undefined);
});
