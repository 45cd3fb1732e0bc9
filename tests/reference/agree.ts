/**
 * The property that holds for every kind: for random rules over random logs, however the batches are cut and however
 * often the state is saved and loaded, the engine says exactly what the reference says. On failure fast-check prints its
 * seed and the smallest case that it found. `VIGIE_RUNS` sets the number of runs.
 */
import { expect } from "expect";
import * as fc from "fast-check";
import type { Fields } from "../../engine/model/value.ts";
import { engineOutcome, lines } from "./compare.ts";
import { evaluate, type Outcome } from "./evaluate.ts";
import { readLog, type RecordedFile } from "./log.ts";
import type { Said } from "./outcome.ts";
import type { Template } from "./random_rule.ts";

const drive = fc.record({ batch: fc.constantFrom(1, 7, Infinity), restoreEvery: fc.constantFrom(0, 1, 2, 5) });

export const runs = Number(Deno.env.get("VIGIE_RUNS") ?? 1000);

/** Asserts that engine and reference agree on rules over files. */
export async function agrees(
  template: fc.Arbitrary<Template>,
  files: fc.Arbitrary<readonly RecordedFile[]>,
): Promise<void> {
  const property = fc.asyncProperty(template, files, drive, async ({ raw, meaning, thresholds }, files, drive) => {
    const engine = await engineOutcome([raw], files, drive, thresholds);
    expect(lines(engine)).toEqual(lines(evaluate(readLog(files), [meaning])));
  });
  await fc.assert(property, { numRuns: runs });
}

/** The same where values are rounded on the way: numbers may differ by a billionth, all else not at all. */
export async function agreesClosely(
  template: fc.Arbitrary<Template>,
  files: fc.Arbitrary<readonly RecordedFile[]>,
): Promise<void> {
  const property = fc.asyncProperty(template, files, drive, async ({ raw, meaning }, files, drive) => {
    const engine = apart(await engineOutcome([raw], files, drive));
    const reference = apart(evaluate(readLog(files), [meaning]));
    expect(lines(engine.outcome)).toEqual(lines(reference.outcome));
    engine.values.forEach((values, i) => expectClose(values, reference.values[i] ?? {}));
  });
  await fc.assert(property, { numRuns: runs });
}

/** What was said without its values, and the values in the same order. */
function apart(outcome: Outcome): { readonly outcome: Outcome; readonly values: readonly Fields[] } {
  const said = outcome.said.toSorted((a, b) => nameOf(a) < nameOf(b) ? -1 : 1);
  return {
    outcome: { ...outcome, said: said.map((one) => ({ ...one, values: {} })) },
    values: said.map(({ values }) => values),
  };
}

/** Order of what is said: without values that may differ, but for those that never do. */
function nameOf({ values, ...one }: Said): string {
  return JSON.stringify([one.time, one.key, one.status, one.severity, values.value ?? null, one.suppressed]);
}

function expectClose(engine: Fields, reference: Fields): void {
  expect(Object.keys(engine).sort()).toEqual(Object.keys(reference).sort());
  for (const [name, value] of Object.entries(engine)) {
    const wanted = reference[name];
    if (typeof value !== "number" || typeof wanted !== "number") expect(value).toEqual(wanted);
    else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
  }
}
