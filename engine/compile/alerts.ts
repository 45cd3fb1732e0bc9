/**
 * `on: alerts`: the stream of the firing alerts of live rules (semantics.md 28), and the cycles that rules over it could
 * make: a rule that alerts on its own alerts, directly or through others, would never come to an end.
 */
import type { Stream } from "../model/contract.ts";
import { type Problem, problem } from "../model/problem.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import { aliasProperty, createScope } from "../model/scope.ts";
import { anyType, booleanType, type FieldType, numberType, stringType, type Type } from "../model/type.ts";
import type { Fields } from "../model/value.ts";
import { severities } from "../model/alert.ts";
import type { PlanRule } from "./plan.ts";

/** The name that rules over alerts write behind `on`. */
export const alertsName = "alerts";

const text = field(stringType);
const some = field(anyType);

function field(type: Type, optional = false, values?: readonly string[]): FieldType {
  return { type, optional, description: "", ...(values === undefined ? {} : { values }) };
}

/** The stream of alerts. It has no topic: the runtime feeds it. */
export const alertStream: Stream = {
  name: alertsName,
  alias: "alert",
  topics: [],
  format: "json",
  time: { from: "field", field: "event_time", unit: undefined },
  key: undefined,
  lateness: 0,
  idle: 30_000,
  maxFuture: 300_000,
  type: {
    kind: "object",
    fields: {
      id: text,
      fingerprint: text,
      episode: text,
      status: field(stringType, false, ["firing"]),
      pack: text,
      rule: text,
      revision: text,
      kind: text,
      severity: field(stringType, false, severities),
      title: text,
      message: text,
      key: some,
      entities: some,
      criteria: field({ kind: "list", of: anyType }),
      values: some,
      approximate: field({ kind: "list", of: stringType }, true),
      window: field(anyType, true),
      event_time: text,
      detected_at: text,
      evidence: field({ kind: "list", of: anyType }),
      evidence_total: field(numberType),
      context: some,
      suppressed: field(numberType),
      shadow: field(booleanType),
      labels: some,
      runbook: field(stringType, true),
    },
  },
  personal: {},
  schema: {},
  file: "contracts/alert.schema.json",
  schemaFile: "contracts/alert.schema.json",
};

/** A problem for each cycle, at the rule that stands first in it. */
export function alertCycles(rules: readonly PlanRule[]): Problem[] {
  // Only a rule that reads alerts can come back to itself.
  const feeding = rules.filter(({ compiled: { speaks, inputs }, text }) =>
    speaks.alerts && text.status === "live" && inputs.some(({ stream }) => stream === alertStream)
  );
  const found: Problem[] = [];
  const done = new Set<PlanRule>();
  for (const rule of feeding) {
    const cycle = done.has(rule) ? undefined : cycleFrom(rule, feeding);
    if (cycle === undefined) continue;
    for (const one of cycle) done.add(one);
    const { file, path, id } = rule.text;
    const names = [...cycle, rule].map(({ name }) => name);
    found.push(problem(ruleProblems.alertCycle, { file, path: [...path, "on"], rule: id }, { cycle: names }));
  }
  return found;
}

/** The shortest way along which alerts of a rule come back to it; undefined when they do not. */
function cycleFrom(rule: PlanRule, rules: readonly PlanRule[]): readonly PlanRule[] | undefined {
  const ways: (readonly PlanRule[])[] = [[rule]];
  const seen = new Set<PlanRule>();
  for (const way of ways) {
    const last = way[way.length - 1] ?? rule;
    for (const next of rules.filter((reader) => takesAlertsOf(reader, last))) {
      if (next === rule) return way;
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

/** Whether a rule may take alerts of another. */
export function takesAlertsOf(reader: PlanRule, raiser: PlanRule): boolean {
  return reader.compiled.inputs.some(({ stream, where }) => {
    if (stream !== alertStream) return false;
    const alert: Fields = { pack: raiser.text.pack, rule: raiser.text.id, kind: raiser.text.kind, status: "firing" };
    const known = (path: readonly string[]) => path.length === 2 && Object.hasOwn(alert, path[1] ?? "");
    const refused = where?.requires.some(({ path, value }) => known(path) && alert[path[1] ?? ""] !== value) ?? false;
    if (refused) return false;
    // What the condition says of an alert is known beforehand where it reads nothing else.
    if (where === undefined || !where.reads.every(({ path }) => known(path))) return true;
    const scope = createScope([alertStream.alias]);
    scope[aliasProperty(alertStream.alias)] = alert;
    return where.test(scope) === true;
  });
}
