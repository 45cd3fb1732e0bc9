/**
 * Random logs. Times lie on a grid of one second, so that equal times, window edges exactly reached and late events are
 * frequent; every field may be missing or null.
 */
import * as fc from "fast-check";
import type { Fields, Value } from "../../engine/model/value.ts";
import type { Line, RecordedFile } from "./log.ts";
import { lateness, type StreamName } from "./streams.ts";

export const second = 1_000;

function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> {
  return fc.oneof(
    { weight: 8, arbitrary },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const data = fc.record({
  k: fc.oneof({ weight: 5, arbitrary: fc.constant("u") }, { weight: 2, arbitrary: fc.constant("v") }, {
    weight: 1,
    arbitrary: fc.constantFrom(null, undefined),
  }),
  x: maybe(fc.constantFrom(0, 1, 2, 3, 5, -2, 0.1, 0.2, 1e15)),
  f: maybe(fc.boolean()),
  s: maybe(fc.constantFrom("p", "q", "r")),
  tags: maybe(fc.array(fc.constantFrom("p", "q"), { maxLength: 3 })),
}).map(present);

/** Leaves out what is undefined: a missing field. */
function present(fields: { readonly [name: string]: Value | undefined }): Fields {
  const found: Record<string, Value> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) found[name] = value;
  return found;
}

const step = fc.record({
  gap: fc.constantFrom(0, 1, 2, 5, 12),
  back: fc.constantFrom(0, 0, 0, 1, 3, 5, 6, 14),
  partition: fc.constantFrom(0, 0, 1),
  data,
  dead: fc.boolean().chain((maybeDead) =>
    maybeDead ? fc.constantFrom(...deadLines, undefined, undefined) : fc.constant(undefined)
  ),
});

const deadLines = [
  { dead: "not_json", raw: "{" },
  { dead: "schema", raw: `{"t": 1000, "x": "one"}` },
  { dead: "no_time", raw: `{"t": 9007199254740991, "x": 1}` },
];

/** A recorded file of one stream: mostly forwards, with steps back that are partly beyond the lateness. */
export function file(stream: StreamName, maxLength: number): fc.Arbitrary<RecordedFile> {
  return fc.array(step, { minLength: 1, maxLength }).map((steps) => {
    let now = 20;
    const lines = steps.map(({ gap, back, partition, data, dead }): Line => {
      if (dead !== undefined) return dead;
      now += gap;
      return { partition, time: Math.max(0, now - back) * second, data };
    });
    return { stream, lateness: lateness[stream], lines };
  });
}

/** One file of `a`, or both files in either order. */
export const files: fc.Arbitrary<readonly RecordedFile[]> = fc.oneof(
  fc.tuple(file("a", 30)),
  fc.tuple(file("a", 20), file("b", 20)),
  fc.tuple(file("b", 20), file("a", 20)),
);
