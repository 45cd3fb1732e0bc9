/** Random threshold and rollup rules over each kind of window. */
import * as fc from "fast-check";
import type { Fields } from "../../engine/model/value.ts";
import { second } from "./random_log.ts";
import { aggregatesOf, common, type On, on, type Template, windowConditions, windowSeverities } from "./random_rule.ts";

/** Forgets which names a rule's YAML has. */
function asFields(yaml: Fields): Fields {
  return yaml;
}

/** What all windowed rules share, in both forms. */
function windowed(on: On, inOrder = false) {
  return fc.record({
    common: common(on, inOrder),
    aggregate: aggregatesOf(on),
    condition: fc.constantFrom(...windowConditions),
    recovers: fc.boolean(),
    severity: fc.constantFrom(...windowSeverities),
  }).map(({ common, aggregate, condition, recovers, severity }) => ({
    raw: asFields({
      ...common.raw,
      kind: "threshold",
      aggregate: Object.fromEntries(aggregate.map(([name, yaml]) => [name, yaml])),
      when: condition.when.cel,
      ...(recovers && { recover: condition.recover.cel }),
      severity: severity.raw,
    }),
    meaning: {
      ...common.meaning,
      aggregates: aggregate.map(([name, , meaning]) => [name, meaning] as const),
      when: condition.when.means,
      ...(recovers && { recover: condition.recover.means }),
      severity: severity.means,
      output: "alert" as const,
      for: 1,
    },
  }));
}

/** A rule that records: no condition, a record for every window. */
function recorded(on: On) {
  return fc.record({ common: common(on), aggregate: aggregatesOf(on) }).map(({ common, aggregate }) => {
    const { limit: _limit, notify_resolved: _resolved, ...raw } = common.raw;
    const { limit: _limitMeaning, ...meaning } = common.meaning;
    return {
      raw: {
        ...raw,
        kind: "rollup",
        emit_to: "out",
        aggregate: Object.fromEntries(aggregate.map(([name, yaml]) => [name, yaml])),
      },
      meaning: {
        ...meaning,
        aggregates: aggregate.map(([name, , meaning]) => [name, meaning] as const),
        when: () => true,
        severity: "info" as const,
        notifyResolved: false,
        output: "record" as const,
        for: 1,
      },
    };
  });
}

/** Sizes in seconds: a tumbling window's distance is its size. */
const alignedWindow = fc.constantFrom(
  { size: 4, every: 4, offset: 0 },
  { size: 5, every: 5, offset: 0 },
  { size: 10, every: 10, offset: 3 },
  { size: 6, every: 2, offset: 0 },
  { size: 5, every: 3, offset: 0 },
);

type AlignedWindow = { readonly size: number; readonly every: number; readonly offset: number };

function alignedYaml({ size, every, offset }: AlignedWindow) {
  const edges = size === every ? { tumbling: `${size}s` } : { hopping: `${size}s`, every: `${every}s` };
  return { ...edges, ...(offset > 0 && { offset: `${offset}s` }) };
}

function alignedMeaning({ size, every, offset }: AlignedWindow) {
  return { size: size * second, every: every * second, offset: offset * second };
}

/** Tumbling and hopping windows that speak when they close, with rows of windows. */
export const alignedOnClose: fc.Arbitrary<Template> = on.chain((on) => {
  return fc.record({ rule: windowed(on), window: alignedWindow, row: fc.constantFrom(1, 1, 2, 3) });
}).map(({ rule: { raw, meaning }, window, row }): Template => ({
  raw: { ...raw, window: alignedYaml(window), ...(row > 1 && { for: row }) },
  meaning: { kind: "aligned", rule: { ...meaning, ...alignedMeaning(window), emit: "on_close", for: row } },
}));

/** Tumbling and hopping windows that speak at the event that makes the condition true. */
export const alignedOnMatch: fc.Arbitrary<Template> = on.chain((on) => {
  return fc.record({ rule: windowed(on, true), window: alignedWindow });
}).map(({ rule: { raw, meaning }, window }): Template => {
  return {
    raw: { ...raw, window: alignedYaml(window), emit: "on_match" },
    meaning: { kind: "aligned", rule: { ...meaning, ...alignedMeaning(window), emit: "on_match" } },
  };
});

export const alignedRollup: fc.Arbitrary<Template> = on.chain((on) => {
  return fc.record({ rule: recorded(on), window: alignedWindow });
}).map(({ rule: { raw, meaning }, window }): Template => ({
  raw: { ...raw, window: alignedYaml(window) },
  meaning: { kind: "aligned", rule: { ...meaning, ...alignedMeaning(window), emit: "on_close" } },
}));

export const sessions: fc.Arbitrary<Template> = on.chain((on) => {
  return fc.record({ rule: windowed(on), gap: fc.constantFrom(2, 5), closes: fc.boolean() });
}).map(({ rule: { raw, meaning }, gap, closes }): Template => {
  const { recover: _yaml, notify_resolved: _resolved, ...rest } = raw;
  const { recover: _recover, ...rule } = meaning;
  return {
    raw: { ...rest, window: { session: `${gap}s` }, ...(closes && { emit: "on_close" }) },
    meaning: {
      kind: "session",
      rule: { ...rule, notifyResolved: false, gap: gap * second, emit: closes ? "on_close" : "on_match" },
    },
  };
});

export const sessionRollup: fc.Arbitrary<Template> = on.chain((on) => {
  return fc.record({ rule: recorded(on), gap: fc.constantFrom(2, 5) });
}).map(({ rule: { raw, meaning }, gap }): Template => ({
  raw: { ...raw, window: { session: `${gap}s` } },
  meaning: { kind: "session", rule: { ...meaning, gap: gap * second, emit: "on_close" } },
}));

/** Sliding windows, exact or in buckets, with or without `evaluate: event_time`. */
export const slidingRules: fc.Arbitrary<Template> = on.chain((on) => {
  return fc.record({
    rule: windowed(on, true),
    size: fc.constantFrom(3, 6, 12),
    resolution: fc.constantFrom(undefined, 3),
  });
}).map(({ rule: { raw, meaning }, size, resolution }): Template => ({
  raw: { ...raw, window: { sliding: `${size}s`, ...(resolution !== undefined && { resolution: `${resolution}s` }) } },
  meaning: {
    kind: "sliding",
    rule: {
      ...meaning,
      size: size * second,
      ...(resolution !== undefined && { resolution: resolution * second }),
      emit: "on_match",
    },
  },
}));
