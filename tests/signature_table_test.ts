/**
 * The table of edits of docs/operate/reload.md, row by row: which of them keep the state of a rule and which make it new
 * (runtime.md §6). What new state means for what a rule says is tested in plan_change_test.ts.
 */
import { expect } from "expect";
import { compileProject } from "../engine/compile.ts";
import { buildStream } from "../engine/load/contracts.ts";
import type { Stream } from "../engine/model/contract.ts";
import type { Pack } from "../engine/model/pack.ts";
import type { Fields } from "../engine/model/value.ts";

const counted: Fields = { total: "sum(s.amount)" };

const rule: Fields = {
  id: "r",
  title: "Spend of a customer",
  kind: "threshold",
  on: "s",
  where: "s.status == 'paid'",
  key: "s.customer",
  window: { sliding: "10m" },
  aggregate: counted,
  when: "total > 100",
  severity: "high",
};

const contract: Fields = { stream: "s", alias: "s", topic: "s", time: "t", time_unit: "ms", key: "customer" };
const number = { type: "number" };
const text = { type: "string" };
const place = { type: "object", properties: { city: text } };
const fields: Fields = {
  t: { type: "integer" },
  customer: text,
  amount: number,
  status: text,
  note: text,
  other: text,
  place,
  "a(b": text,
};

function streamOf(edit: Fields, properties: Fields): Stream {
  const schema = { type: "object", required: ["t", "customer", "amount", "status"], properties };
  const yaml = { ...contract, ...edit };
  const stream = buildStream({ name: "s", yaml, file: "s.yaml", schema, schemaFile: "s.json" }, (_kind, _at, facts) => {
    throw new Error(JSON.stringify(facts));
  });
  if (stream === undefined) throw new Error("the contract must be sound");
  return stream;
}

/** What an edit changes: properties of the rule, of the contract, of the fields of an event, or the values of a list. */
interface Edit {
  readonly rule?: Fields;
  readonly contract?: Fields;
  readonly fields?: Fields;
  readonly list?: readonly string[];
}

/** The state signature of the rule under an edit. Throws when it does not compile. */
function signatureOf(edit: Edit, base: Fields = rule): string {
  const raw = { ...base, ...edit.rule };
  const about = { id: "r", pack: "p", file: "p.yaml", path: ["rules", 0], kind: String(raw.kind), title: "r" };
  const lists: Pack["lists"] = {
    known: { from: "values", type: "string", values: edit.list ?? ["a"] },
  };
  const pack: Pack = {
    ...{ name: "p", file: "p.yaml", owner: undefined, description: undefined, lists },
    ...{ params: {}, conditions: {}, lookups: {} },
    defaults: { severity: "info", sinks: undefined, labels: {} },
    rules: [{ ...about, description: undefined, status: "live", raw }],
  };
  const streams = new Map([["s", streamOf(edit.contract ?? {}, { ...fields, ...edit.fields })]]);
  const { plan, problems } = compileProject({ packs: [pack], streams });
  const [compiled] = plan?.rules ?? [];
  if (compiled === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return compiled.signature;
}

const kept: Record<string, Edit> = {
  "title, message, severity, labels, sinks, runbook": {
    rule: {
      ...{ title: "Another", message: "{total} {s.note}", severity: "critical", runbook: "https://example.com/r" },
      ...{ labels: { team: "x" }, sinks: ["y"] },
    },
  },
  "when": { rule: { when: "total > 50 && s.amount > 1" } },
  "limit": { rule: { limit: { max: 1, every: "1h" } } },
  "an aggregate that is computed from others": { rule: { aggregate: { ...counted, twice: "total * 2" } } },
  "recover": { rule: { recover: "total < 10" } },
  "contract: a field added": { fields: { extra: text } },
  "contract: a field relaxed": { fields: { amount: { type: ["number", "null"] } } },
  "contract: lateness, idle, max_future": { contract: { lateness: "1m", idle: "1m", max_future: "1h" } },
  "contract: the type of a field that the state does not depend on": { fields: { other: number } },
};

const renewed: Record<string, Edit> = {
  where: { rule: { where: "s.status == 'failed'" } },
  key: { rule: { key: "s.other" } },
  window: { rule: { window: { sliding: "20m" } } },
  "an aggregate added": { rule: { aggregate: { kinds: "distinct(s.amount)", n: "count()" } } },
  "what an aggregate counts": { rule: { aggregate: { kinds: "distinct(s.other)" } } },
  "contract: time": { contract: { time_unit: "s" } },
  "contract: key": { contract: { key: "other" } },
  "contract: topic": { contract: { topic: "elsewhere" } },
  "contract: format": { contract: { format: "debezium" } },
  "contract: the type of the field that an aggregate reads": {
    fields: { amount: { type: "string", format: "date-time" } },
  },
  "contract: the type of a field of the key": { fields: { customer: number } },
};

for (const [name, edit] of Object.entries(kept)) {
  Deno.test(`state is kept when this is edited: ${name}`, () => {
    expect(signatureOf(edit)).toBe(signatureOf({}));
  });
}

/** Counts and compares anything, so that the type of what it counts may change. */
const counting: Fields = { ...rule, aggregate: { kinds: "distinct(s.amount)" }, when: "kinds > 1" };

for (const [name, edit] of Object.entries(renewed)) {
  Deno.test(`state is new when this is edited: ${name}`, () => {
    expect(signatureOf(edit, counting)).not.toBe(signatureOf({}, counting));
  });
}

Deno.test("state is kept when the content of a list is edited", () => {
  const listed = { ...rule, where: "s.status in lists.known" };
  expect(signatureOf({ list: ["a", "b"] }, listed)).toBe(signatureOf({}, listed));
});

Deno.test("a condition that reads what holds a field of the state, or a field of an odd name, leaves the state as it is", () => {
  const placed = { ...rule, key: "s.place.city" };
  const edit = { when: 'total > 100 && has(s.place) && has(s["a(b"])' };
  expect(signatureOf({ rule: edit }, placed)).toBe(signatureOf({}, placed));
  const renamed = { place: { type: "object", properties: { city: number } } };
  expect(signatureOf({ fields: renamed }, placed)).not.toBe(signatureOf({}, placed));
});
