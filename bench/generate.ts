/**
 * How fast the generator writes payments to a file, as a ratio to writing the same number of one ready payment, and how
 * fast it makes the events of every stream. Alone: `deno run -A bench/generate.ts`.
 */
import { openLineWriter } from "../engine/adapters/line_writer.ts";
import { createGenerator, streamNames } from "../engine/generate/mod.ts";

const start = Date.parse("2026-01-05T18:00:00Z");
const count = 300_000;

/** Rates are events a second on one core. */
export interface GenerateBench {
  readonly payments: number;
  /** Writing a ready payment again and again: serialised each time, as the generator must. */
  readonly baseline: number;
  readonly ratio: number;
  /** Events of all streams together, made but not written. */
  readonly all: number;
}

/** Events a second of a task that handles about `count` of them and returns how many. */
function rateOf(task: () => number): number {
  const began = performance.now();
  const events = task();
  return events / (performance.now() - began) * 1_000;
}

/** Takes events of a generator step by step, until there are `count`. */
function take(streams: readonly string[], each: (value: string) => void): number {
  const generator = createGenerator({ streams, seed: 1, start, rate: 2_000 });
  let events = 0;
  for (let until = start + 100; events < count; until += 100) {
    for (const { value } of generator.next(until)) {
      each(value);
      events++;
    }
  }
  return events;
}

function written(path: string, task: (write: (value: string) => void) => number): number {
  const writer = openLineWriter(path);
  const events = task(writer.write);
  writer.close();
  return events;
}

/** Measures, prints and returns the figures. */
export function benchGenerate(): GenerateBench {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/payments.ndjson`;
  let ready = {};
  take(["payments"], (value) => ready = JSON.parse(value));
  const baseline = rateOf(() =>
    written(path, (write) => {
      for (let i = 0; i < count; i++) write(JSON.stringify(ready));
      return count;
    })
  );
  const payments = rateOf(() => written(path, (write) => take(["payments"], write)));
  const all = rateOf(() => take(streamNames, () => {}));
  Deno.removeSync(folder, { recursive: true });
  const result = { payments, baseline, ratio: payments / baseline, all };
  console.log(
    `generate: ${Math.round(payments)} payments/s to a file, a ready payment ${Math.round(baseline)}/s, ` +
      `ratio ${result.ratio.toFixed(2)}; all streams ${Math.round(all)} events/s`,
  );
  return result;
}

if (import.meta.main) benchGenerate();
