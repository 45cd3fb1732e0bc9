/**
 * The property that holds for every kind: for random rules over random logs, however the batches are cut and however
 * often the state is saved and loaded, the engine says exactly what the reference says. On failure fast-check prints its
 * seed and the smallest case that it found. `VIGIE_RUNS` sets the number of runs.
 */
import { expect } from "expect";
import * as fc from "fast-check";
import { engineOutcome, lines } from "./compare.ts";
import { evaluate } from "./evaluate.ts";
import { readLog, type RecordedFile } from "./log.ts";
import type { Template } from "./random_rule.ts";

const drive = fc.record({ batch: fc.constantFrom(1, 7, Infinity), restoreEvery: fc.constantFrom(0, 1, 2, 5) });

export const runs = Number(Deno.env.get("VIGIE_RUNS") ?? 1000);

/** Asserts that engine and reference agree on rules over files. */
export async function agrees(
  template: fc.Arbitrary<Template>,
  files: fc.Arbitrary<readonly RecordedFile[]>,
): Promise<void> {
  const property = fc.asyncProperty(template, files, drive, async ({ raw, meaning }, files, drive) => {
    const engine = await engineOutcome([raw], files, drive);
    expect(lines(engine)).toEqual(lines(evaluate(readLog(files), [meaning])));
  });
  await fc.assert(property, { numRuns: runs });
}
