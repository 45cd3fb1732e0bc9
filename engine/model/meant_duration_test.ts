import { expect } from "expect";
import { meantDuration } from "./meant_duration.ts";

const meant = {
  "10 min": "10m",
  "10M": "10m",
  "10 minutes": "10m",
  "1d12h": "36h",
  "1h 30m": "90m",
  "PT2H": "2h",
  "P1DT6H": "30h",
  "1.5h": "90m",
  "2 weeks": "14d",
  "90 secs": "90s",
};

for (const [text, duration] of Object.entries(meant)) {
  Deno.test(`"${text}" means ${duration}`, () => expect(meantDuration(text)).toBe(duration));
}

for (const text of ["10:01", "soon", "", "5 parsecs", "2026-01-05T10:01:00Z", "5"]) {
  Deno.test(`"${text}" is no duration in any spelling`, () => expect(meantDuration(text)).toBe(undefined));
}
