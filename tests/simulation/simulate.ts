/**
 * Runs simulated scenarios until one fails, or as many as were asked for:
 * `deno task simulate [--many] [--seeds N] [--seed S] [--minutes M]`. `--seed S` runs that one alone; with `--seeds` it is
 * the first. `--many`: runs of many instances.
 */
import { monotonic } from "../../engine/adapters/clock.ts";
import { failureOfMany } from "./many/judge.ts";
import { failureOf } from "./report.ts";

/** Milliseconds between two lines of progress. */
const progressMillis = 2_000;

function numberOf(name: string): number | undefined {
  const at = Deno.args.indexOf(`--${name}`);
  if (at < 0) return undefined;
  const value = Number(Deno.args[at + 1]);
  if (Number.isFinite(value)) return value;
  console.error(`--${name} needs a number`);
  Deno.exit(2);
}

const [first, minutes] = [numberOf("seed"), numberOf("minutes")];
const seeds = numberOf("seeds") ?? (minutes !== undefined ? Infinity : first !== undefined ? 1 : 5_000);
const run = Deno.args.includes("--many") ? failureOfMany : failureOf;
const start = monotonic();
const until = start + (minutes ?? Infinity) * 60_000;
let done = 0;
for (let told = start; done < seeds && monotonic() < until; done++) {
  const report = await run((first ?? 1) + done);
  if (report !== undefined) {
    console.log(report.join("\n"));
    Deno.exit(1);
  }
  if (monotonic() < told + progressMillis) continue;
  told = monotonic();
  console.error(`${done + 1}${Number.isFinite(seeds) ? ` of ${seeds}` : ""} seeds, ${perSecond()} a second`);
}
console.log(`${done} seeds, none fails (${perSecond()} a second)`);

function perSecond(): number {
  return Math.round((1_000 * (done + 1)) / (monotonic() - start));
}
