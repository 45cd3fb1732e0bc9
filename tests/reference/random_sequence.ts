/** Random sequences and absences. */
import * as fc from "fast-check";
import type { Value } from "../../engine/model/value.ts";
import type { LogEvent } from "./log.ts";
import { second } from "./random_log.ts";
import { common, field, on, pathOf, type Template } from "./random_rule.ts";
import type { Step } from "./sequence.ts";
import type { StreamName } from "./streams.ts";

interface Steps {
  readonly streams: readonly StreamName[];
  readonly yaml: Value;
  readonly steps: readonly Step[];
  readonly absent?: (event: LogEvent) => boolean;
}

function is(stream: StreamName, name: "s" | "f", value: Value) {
  return (event: LogEvent) => event.stream === stream && event.data[name] === value;
}

const menu: readonly Steps[] = [
  {
    streams: ["a", "b"],
    yaml: [{ on: "a", where: "a.f" }, { on: "b", where: "b.f" }],
    steps: [{ fits: is("a", "f", true), times: 1 }, { fits: is("b", "f", true), times: 1 }],
  },
  {
    streams: ["a", "b"],
    yaml: [{ on: "a", where: "a.f" }, { not: { on: "b", where: "b.f" } }],
    steps: [{ fits: is("a", "f", true), times: 1 }],
    absent: is("b", "f", true),
  },
  {
    streams: ["a"],
    yaml: [{ on: "a", where: "a.f" }, { not: { on: "a", where: 'a.s == "q"' } }],
    steps: [{ fits: is("a", "f", true), times: 1 }],
    absent: is("a", "s", "q"),
  },
  {
    streams: ["a"],
    yaml: [{ on: "a", where: 'a.s == "p"', times: 2 }, { on: "a", where: 'a.s == "q"' }],
    steps: [{ fits: is("a", "s", "p"), times: 2 }, { fits: is("a", "s", "q"), times: 1 }],
  },
  {
    streams: ["a"],
    yaml: [{ on: "a", where: 'a.s == "p"' }, { on: "a", where: "a.f" }, { on: "a", where: 'a.s == "q"' }],
    steps: [is("a", "s", "p"), is("a", "f", true), is("a", "s", "q")].map((fits) => ({ fits, times: 1 })),
  },
];

export const sequences: fc.Arbitrary<Template> = fc.constantFrom(...menu).chain((steps) => {
  return fc.record({
    steps: fc.constant(steps),
    common: common(steps.streams, true),
    within: fc.constantFrom(3, 5, 12),
  });
}).map(({ steps: { streams, yaml, steps, absent }, common, within }): Template => {
  const { on: _on, where: _where, notify_resolved: _resolved, ...raw } = common.raw;
  const fits = [...steps.map((step) => step.fits), ...(absent ? [absent] : [])];
  return {
    raw: { ...raw, kind: "sequence", steps: yaml, key: pathOf(streams, "k"), within: `${within}s`, severity: "high" },
    meaning: {
      kind: "sequence",
      rule: {
        ...common.meaning,
        key: { k: field("k") },
        where: (event) => fits.some((fit) => fit(event)),
        steps,
        ...(absent && { absent }),
        within: within * second,
        when: () => true,
        severity: "high",
        notifyResolved: false,
      },
    },
  };
});

export const absences: fc.Arbitrary<Template> = on.chain((on) => {
  return fc.record({ on: fc.constant(on), common: common(on), silence: fc.constantFrom(3, 6, 12) });
}).map(({ on, common, silence }): Template => ({
  // Of two events at one time, either may be the one whose entities an alert shows: the key is the same for both.
  raw: {
    ...common.raw,
    entities: { k: pathOf(on, "k") },
    kind: "absence",
    key: pathOf(on, "k"),
    for: `${silence}s`,
    severity: "high",
  },
  meaning: {
    kind: "absence",
    rule: {
      ...common.meaning,
      key: { k: field("k") },
      entities: { k: field("k") },
      for: silence * second,
      when: () => true,
      severity: "high",
    },
  },
}));
