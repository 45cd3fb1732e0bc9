/** Random z-scores. Levels are numbers that small samples of the grid cannot score exactly: rounding decides nothing. */
import * as fc from "fast-check";
import { second } from "./random_log.ts";
import { common, field, type Template } from "./random_rule.ts";
import type { ZscoreMeaning } from "./zscore.ts";

const options = fc.record({
  window: fc.constantFrom(8, 20),
  resolution: fc.constantFrom(1, 2, 5),
  minSamples: fc.constantFrom(2, 3, 4),
  method: fc.constantFrom("standard" as const, "robust" as const, { halfLife: 6 * second }),
  transform: fc.constantFrom("none" as const, "none" as const, "sqrt" as const, "log" as const),
  smooth: fc.constantFrom(undefined, undefined, 6),
  direction: fc.constantFrom("both" as const, "above" as const, "below" as const),
  slots: fc.constantFrom(undefined, undefined, 2),
  margin: fc.constantFrom(undefined, undefined, 0.05),
  minSpread: fc.constantFrom(undefined, undefined, 0.5),
  excludeOutliers: fc.boolean(),
});

type Options = typeof options extends fc.Arbitrary<infer T> ? T : never;

const levels = { warning: 1.37, critical: 2.21 };

function yamlOf(given: Options) {
  return {
    transform: given.transform,
    ...(given.smooth !== undefined && { smooth: `${given.smooth}s` }),
    baseline: {
      window: `${given.window}s`,
      resolution: `${given.resolution}s`,
      min_samples: given.minSamples,
      ...(given.minSpread !== undefined && { min_spread: given.minSpread }),
    },
    method: typeof given.method === "string"
      ? given.method
      : { ewma: { half_life: `${given.method.halfLife / second}s` } },
    direction: given.direction,
    levels,
    ...(given.slots !== undefined && { seasonality: { period: "10s", slots: given.slots } }),
    ...(given.margin !== undefined && { extremes: { margin: given.margin } }),
    exclude_outliers: given.excludeOutliers,
  };
}

function meaningOf({ window, resolution, smooth, slots, margin, minSpread, ...given }: Options) {
  return {
    ...given,
    ...(smooth !== undefined && { smooth: smooth * second }),
    window: window * second,
    resolution: resolution * second,
    levels: [["warning", levels.warning], ["critical", levels.critical]],
    ...(slots !== undefined && { seasonality: { period: 10 * second, slots } }),
    ...(margin !== undefined && { margin }),
    ...(minSpread !== undefined && { minSpread }),
  } satisfies Partial<ZscoreMeaning>;
}

export const zscores: fc.Arbitrary<Template> = fc.record({ common: common(["a"], true), options }).map(
  (given): Template => {
    const { raw, meaning } = given.common;
    return {
      raw: { ...raw, kind: "zscore", key: "a.k", value: "a.x", ...yamlOf(given.options) },
      meaning: {
        kind: "zscore",
        rule: { ...meaning, key: { k: field("k") }, value: field("x"), severity: "info", ...meaningOf(given.options) },
      },
    };
  },
);
