/** Random thresholds of customers over one rule of kind kpi: the tenant is field k, the metric field s. */
import * as fc from "fast-check";
import type { Threshold } from "../../engine/model/threshold.ts";
import type { Value } from "../../engine/model/value.ts";
import type { CustomerThreshold } from "./kpi.ts";
import type { LogEvent } from "./log.ts";
import { second } from "./random_log.ts";
import { common, field, type Template } from "./random_rule.ts";

/** No two limits are the same, so that nothing hangs on whether equal ones count together. */
const limits = [{ max: 1, every: 4 * second }, { max: 2, every: 7 * second }] as const;

const threshold = fc.record({
  tenant: fc.constantFrom("u", "u", "v", "nobody"),
  metric: fc.constantFrom("p", "q"),
  direction: fc.constantFrom("above" as const, "below" as const),
  value: fc.constantFrom(0, 1, 2, -2, 0.1),
  severity: fc.constantFrom(undefined, undefined, "critical" as const),
});

/** Different thresholds, of which the first two may have limits of their own. */
const thresholds = fc.tuple(
  fc.uniqueArray(threshold, {
    minLength: 1,
    maxLength: 5,
    selector: ({ tenant, metric, direction, value }) => JSON.stringify([tenant, metric, direction, value]),
  }),
  fc.boolean(),
).map(([all, limited]) =>
  all.map((one, i): Threshold => ({
    ...one,
    limit: limited ? limits[i] : undefined,
    webhook: undefined,
  }))
);

function known({ severity, limit, ...rest }: Threshold): CustomerThreshold {
  return { ...rest, ...(severity && { severity }), ...(limit && { limit }) };
}

/** A filter's and a kpi's limit may count by any expressions of the event. */
const per: readonly { readonly cel: string; readonly means: (event: LogEvent | undefined) => Value | undefined }[] = [
  { cel: "a.k", means: (event) => event && field("k")(event) },
  { cel: "a.f", means: (event) => event && field("f")(event) },
];

export const kpis: fc.Arbitrary<Template> = fc.record({
  common: common(["a"]),
  thresholds,
  severity: fc.constantFrom(undefined, "high" as const),
  per: fc.option(fc.constantFrom(...per), { nil: undefined }),
}).map(({ common, thresholds, severity, per }): Template => {
  const { key: _key, limit, notify_resolved: _resolved, ...raw } = common.raw;
  const { limit: limitMeaning, ...meaning } = common.meaning;
  const counted = per === undefined ? {} : { per: per.cel };
  return {
    raw: {
      ...raw,
      kind: "kpi",
      tenant: "a.k",
      metric: "a.s",
      value: "a.x",
      ...(severity && { severity }),
      ...(limit !== undefined && limitMeaning && {
        limit: { max: limitMeaning.max, every: `${limitMeaning.every / second}s`, ...counted },
      }),
    },
    thresholds,
    meaning: {
      kind: "kpi",
      rule: {
        ...meaning,
        key: { k: field("k"), s: field("s") },
        value: field("x"),
        severity: severity ?? "warning",
        notifyResolved: false,
        thresholds: thresholds.map(known),
        ...(limitMeaning && { limit: { ...limitMeaning, ...(per && { per: per.means }) } }),
      },
    },
  };
});
