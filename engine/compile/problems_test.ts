/** What the compiler says of whole rules: each fault once, with its place and the way out. */
import { expect } from "expect";
import { compileProject } from "../compile.ts";
import { loadProject } from "../load.ts";
import type { Pack, RuleText } from "../model/pack.ts";
import type { Problem } from "../model/problem.ts";
import type { Fields } from "../model/value.ts";

const { streams } = await loadProject({ packs: [], contracts: "contracts", tests: false });

function packOf(rules: readonly Fields[], more: Partial<Pack>): Pack {
  const texts = rules.map((raw, i): RuleText => ({
    id: String(raw.id ?? "r"),
    pack: "p",
    file: "p.yaml",
    path: ["rules", i],
    kind: String(raw.kind),
    title: "",
    description: undefined,
    status: "live",
    raw,
  }));
  const defaults = { severity: "high", sinks: undefined, labels: {} } as const;
  const empty = { params: {}, lists: {}, conditions: {}, lookups: {} };
  return {
    name: "p",
    file: "p.yaml",
    owner: undefined,
    description: undefined,
    ...empty,
    defaults,
    rules: texts,
    ...more,
  };
}

/** Problems of rules, the notes on the order of arrival left out. */
function problemsOf(rules: readonly Fields[], more: Partial<Pack> = {}): readonly Problem[] {
  const { problems } = compileProject({ packs: [packOf(rules, more)], streams });
  return problems.filter(({ severity }) => severity !== "note");
}

const sliding = {
  kind: "threshold",
  on: "payments",
  key: "payment.customer_id",
  window: { sliding: "5m" },
  aggregate: { n: "count()" },
  when: "n > 3",
};
const tumbling = { ...sliding, window: { tumbling: "5m" } };
const join = {
  kind: "join",
  left: { on: "orders" },
  right: { on: "payments" },
  key: { left: "order.order_id", right: "payment.order_id" },
  within: "1h",
};
const steps = [{ on: "orders" }, { not: { on: "payments" } }];
const sequence = {
  kind: "sequence",
  steps,
  key: { orders: "order.order_id", payments: "payment.order_id" },
  within: "1h",
};
const zscore = {
  kind: "zscore",
  on: "sensor_readings",
  key: "reading.sensor_id",
  value: "reading.value",
  baseline: { window: "24h" },
  levels: { warning: 2, critical: 3 },
};
const kpi = {
  kind: "kpi",
  on: "kpi_events",
  tenant: "event.client_id",
  metric: "event.metric_name",
  value: "event.value",
};

/** Each fault: a rule, and what must be said of it. */
const faults: readonly {
  readonly fault: string;
  readonly rule: Fields;
  readonly code: string;
  readonly says: string;
  readonly help?: string;
  readonly path?: readonly (string | number)[];
  readonly warns?: true;
}[] = [
  {
    fault: "keys of a join of different types",
    rule: { ...join, key: { left: "order.item_count", right: "payment.order_id" } },
    code: "V074",
    says: 'Key part "item_count" has different types: a number and a string',
    help: "convert one of them, for example with `string(…)`",
    path: ["key", "right"],
  },
  {
    fault: "keys of a threshold's streams of different types",
    rule: { ...sliding, on: ["payments", "orders"], key: { payments: "payment.order_id", orders: "order.total" } },
    code: "V074",
    says: 'Key part "order_id" has different types: a string and a number',
    path: ["key", "orders"],
  },
  {
    fault: "a join of a stream with itself",
    rule: { ...join, right: { on: "orders" } },
    code: "V082",
    says: 'Cannot join stream "orders" with itself',
  },
  {
    fault: "a sequence that goes on after `not`",
    rule: { ...sequence, steps: [{ on: "orders" }, { not: { on: "payments" } }, { on: "orders" }] },
    code: "V083",
    says: "Sequence cannot match: a step stands after `not`",
    path: ["steps", 1],
  },
  {
    fault: "a sequence that begins with `not`",
    rule: { ...sequence, steps: [{ not: { on: "payments" } }, { on: "orders" }] },
    code: "V084",
    says: "Sequence cannot match: its first step is `not`",
    path: ["steps", 0],
  },
  {
    fault: "a sequence with a step that no event can meet",
    rule: { ...sequence, steps: [{ on: "orders", where: "1 > 2" }, { on: "payments" }] },
    code: "V038",
    says: 'Condition "1 > 2" is always false',
    warns: true,
  },
  {
    fault: "a long sliding window without resolution",
    rule: { ...sliding, window: { sliding: "2h" } },
    code: "V062",
    says: "Sliding window of 2h keeps every event of its length",
    help: "add `resolution: 1m` to keep buckets instead of events",
    warns: true,
  },
  {
    fault: "a long sliding window of a feature",
    rule: {
      kind: "score",
      on: "transactions",
      key: "tx.user_id",
      features: { n: { window: { sliding: "24h" }, value: "count()" } },
      points: { many: { when: "n > 10", add: 30 } },
      decisions: { allow: true },
    },
    code: "V062",
    says: "Sliding window of 1d keeps every event of its length",
    path: ["features", "n", "window"],
    warns: true,
  },
  {
    fault: "a sum of texts",
    rule: { ...sliding, aggregate: { n: "sum(payment.provider)" } },
    code: "V036",
    says: 'Cannot sum "payment.provider": expected a number, found a string',
    help: 'numeric fields of "payment" are "amount", "risk_score", "processing_ms"',
    path: ["aggregate", "n"],
  },
  {
    fault: "a percentile of texts",
    rule: { ...sliding, aggregate: { n: { percentile: [{ payments: "payment.provider" }, 99] } } },
    code: "V036",
    says: 'Cannot take percentile of "payment.provider": expected a number, found a string',
  },
  {
    fault: "an unknown tenant field",
    rule: { ...kpi, tenant: "event.cliant_id" },
    code: "V033",
    says: 'Cannot find field "cliant_id" of "event"',
    help: 'did you mean "client_id"?',
    path: ["tenant"],
  },
  {
    fault: "a limit shorter than the window",
    rule: { ...tumbling, limit: { max: 1, every: "1m" } },
    code: "V077",
    says: "Limit every 1m is shorter than the window of 5m",
    path: ["limit", "every"],
    warns: true,
  },
  {
    fault: "a limit per something outside the key",
    rule: { ...sliding, limit: { max: 1, every: "1h", per: "payment.provider" } },
    code: "V075",
    says: 'Cannot limit per "payment.provider": it is not a part of the rule\'s key',
    help: `the key's parts are "customer_id"`,
  },
  {
    fault: "a criterion that reads an optional field",
    rule: { kind: "filter", on: "payments", criteria: { slow: "payment.processing_ms > 900" } },
    code: "V037",
    says: 'Condition reads "payment.processing_ms", which events may omit',
    help: "write `has(payment.processing_ms) && …`",
    path: ["criteria", "slow"],
    warns: true,
  },
  {
    fault: "a pattern that RE2 refuses",
    rule: { kind: "filter", on: "payments", when: 'payment.ip.matches("(a)\\\\1")' },
    code: "V040",
    says: 'Cannot use pattern "(a)\\1"',
  },
  {
    fault: "a condition that types alone decide",
    rule: { kind: "filter", on: "payments", when: "payment.amount > 0 || true" },
    code: "V038",
    says: "is always true",
    warns: true,
  },
  {
    fault: "a comparison that the contract excludes",
    rule: { kind: "filter", on: "payments", when: 'payment.status == "suceeded"' },
    code: "V039",
    says: 'Comparison of "payment.status" with "suceeded" never holds',
    help: 'did you mean "succeeded"?',
    warns: true,
  },
  {
    fault: "windows in a row where none closes",
    rule: { ...sliding, for: 2 },
    code: "V063",
    says: "Cannot count windows in a row",
    path: ["for"],
  },
  {
    fault: "a sliding window that is to speak on close",
    rule: { ...sliding, emit: "on_close" },
    code: "V064",
    says: "Cannot speak on close: a sliding window never closes",
    path: ["emit"],
  },
  {
    fault: "resolved alerts of sessions",
    rule: { ...sliding, window: { session: "30m" }, notify_resolved: true },
    code: "V065",
    says: "Cannot resolve alerts of sessions",
  },
  {
    fault: "`recover` of a session",
    rule: { ...sliding, window: { session: "30m" }, recover: "n < 1" },
    code: "V140",
    says: "`recover` changes nothing: a session has no episode",
    warns: true,
  },
  {
    fault: "`recover` that nobody is told of",
    rule: { ...tumbling, emit: "on_match", recover: "n < 1" },
    code: "V140",
    says: "`recover` changes nothing: nothing tells",
    help: "add `notify_resolved: true`, or remove `recover`",
    warns: true,
  },
  {
    fault: "`evaluate` of a rule that speaks on close",
    rule: { ...tumbling, evaluate: "event_time" },
    code: "V141",
    says: "`evaluate: event_time` changes nothing",
    path: ["evaluate"],
    warns: true,
  },
  {
    fault: "a record that goes nowhere",
    rule: { kind: "filter", on: "payments", record: { id: "payment.payment_id" } },
    code: "V142",
    says: "Record goes nowhere: the rule has no `emit_to`",
  },
  {
    fault: "levels out of order",
    rule: { ...zscore, levels: { warning: 5, critical: 3 } },
    code: "V143",
    says: 'Level "warning" is never told: "critical" begins no later',
    path: ["levels", "warning"],
  },
  {
    fault: "smoothing longer than the baseline",
    rule: { ...zscore, smooth: "2d" },
    code: "V085",
    says: "Cannot smooth over 2d: the baseline is 24h long",
  },
  {
    fault: "a rule over alerts that takes its own",
    rule: { ...sliding, on: "alerts", key: "alert.rule" },
    code: "V089",
    says: "Cannot alert on alerts in a circle: p/r → p/r",
    path: ["on"],
  },
];

for (const { fault, rule, code, says, help, path, warns } of faults) {
  Deno.test(`the compiler tells ${fault}`, () => {
    const [first, ...others] = problemsOf([rule]);
    expect(others).toEqual([]);
    expect(first?.message).toContain(says);
    expect(first).toMatchObject({ code, severity: warns ? "warning" : "error", file: "p.yaml" });
    if (help !== undefined) expect(first?.help).toContain(help);
    if (path !== undefined) expect(first?.path).toEqual(["rules", 0, ...path]);
  });
}

for (const rule of [sliding, tumbling, join, sequence, zscore, kpi]) {
  Deno.test(`the compiler has nothing against a sound ${JSON.stringify(rule).slice(0, 60)}…`, () => {
    expect(problemsOf([rule])).toEqual([]);
  });
}

const overAlerts = (id: string, where: string, more: Fields = {}) => ({
  ...sliding,
  id,
  on: "alerts",
  key: "alert.rule",
  where,
  ...more,
});

Deno.test("rules over alerts may stand on each other, not go round", () => {
  const source = { ...sliding, id: "source" };
  const upon = overAlerts("upon", 'alert.rule == "source"');
  expect(problemsOf([source, upon])).toEqual([]);
  const round = [
    overAlerts("first", 'alert.rule == "second"'),
    overAlerts("second", 'alert.rule in ["source", "first"]'),
  ];
  const [cycle, ...others] = problemsOf([source, ...round]);
  expect(others).toEqual([]);
  expect(cycle?.message).toBe("Cannot alert on alerts in a circle: p/first → p/second → p/first");
});

Deno.test("a rollup over all alerts closes no circle", () => {
  const { when: _when, ...rest } = overAlerts("counts", "true");
  expect(
    problemsOf([{ ...rest, kind: "rollup", where: "alert.suppressed >= 0", window: { tumbling: "1m" }, emit_to: "o" }]),
  )
    .toEqual([]);
});

Deno.test("lists, conditions, parameters and lookups that no rule names are told", () => {
  const found = problemsOf([sliding], {
    lists: { risky: { from: "values", type: "string", values: ["KP"] } },
    conditions: { large: "payment.amount > 5" },
  });
  expect(found.map(({ code, message, path }) => [code, message, path])).toEqual([
    ["V080", 'No rule uses list "risky"', ["lists", "risky"]],
    ["V080", 'No rule uses condition "large"', ["conditions", "large"]],
  ]);
});

Deno.test("a note says which rules follow the order of arrival", () => {
  const notes = (rule: Fields) => {
    const { problems } = compileProject({ packs: [packOf([rule], {})], streams });
    return problems.filter(({ severity }) => severity === "note").map(({ code }) => code);
  };
  expect(notes(sliding)).toEqual(["V081"]);
  expect(notes(join)).toEqual(["V081"]);
  // Payments are partitioned by order_id: all events of one order come in one order.
  expect(notes({ ...sliding, key: "payment.order_id" })).toEqual([]);
  expect(notes({ ...sliding, evaluate: "event_time" })).toEqual([]);
  expect(notes(tumbling)).toEqual([]);
});
