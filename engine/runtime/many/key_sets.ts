/**
 * Which rules run where their events arrive, and which need them brought together by another key (runtime.md §5). Pure:
 * from a plan and the partition counts of its topics, the same on every instance.
 */
import { alertsName, takesAlertsOf } from "../../compile/alerts.ts";
import type { Plan, PlanRule } from "../../compile/plan.ts";
import type { Expression } from "../../conditions/expression.ts";
import { identify } from "../identity.ts";
import { type KeyPart, meaningsOf, neededKey } from "./needed_keys.ts";
import { needsOf, type StreamNeeds } from "./stream_needs.ts";

/** Existing topics of a stream and their partition counts. */
export type Partitions = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Rules that need their events by one key, and the topic that brings these together. */
export interface KeySet {
  readonly topic: string;
  /** All its events must meet in one partition. */
  readonly meets: boolean;
  /** One where all events must meet, else as many as the widest topic that feeds it. */
  readonly partitions: number;
  readonly plan: Plan;
  /** What its rules need of each stream. */
  readonly streams: ReadonlyMap<string, StreamNeeds>;
}

export interface Spread {
  /** Rules that run where an event arrives. */
  readonly local: Plan;
  readonly keySets: readonly KeySet[];
}

/** Places every rule. `app` begins the names of topics. */
export function spread(plan: Plan, partitions: Partitions, app: string): Spread {
  const together = metBefore(plan.rules);
  const local: PlanRule[] = [];
  const groups: Group[] = [];
  for (const rule of plan.rules) {
    const key = together.has(rule) ? [] : neededKey(rule);
    if (key === undefined || isAtHome(rule, key, partitions)) local.push(rule);
    else join(groups, rule, key);
  }
  const names = new Map<string, number>();
  for (const { name } of groups) names.set(name, (names.get(name) ?? 0) + 1);
  return {
    local: restricted(plan, local),
    keySets: groups.map((group) => keySetOf(plan, group, partitions, `${app}.by.${topicName(group, names)}`)),
  };
}

/** The plan of some of its rules. */
export function restricted(plan: Plan, rules: readonly PlanRule[]): Plan {
  return { ...plan, rules: rules.map((rule, index) => ({ ...rule, index })) };
}

/** Rules over alerts, and those whose alerts they take: their alerts have one order only where all are raised. */
function metBefore(rules: readonly PlanRule[]): ReadonlySet<PlanRule> {
  const met = new Set(rules.filter(({ compiled }) => compiled.inputs.some(({ stream }) => stream.name === alertsName)));
  for (const reader of met) {
    for (const rule of rules) {
      if (rule.compiled.speaks.alerts && rule.text.status === "live" && takesAlertsOf(reader, rule)) met.add(rule);
    }
  }
  return met;
}

/** Whether producers bring a rule's events together already: one part of the key is the key of each of its streams. */
function isAtHome(rule: PlanRule, key: readonly KeyPart[], partitions: Partitions): boolean {
  const { inputs } = rule.compiled;
  const counts = new Set(inputs.flatMap(({ stream }) => [...partitions.get(stream.name)?.values() ?? []]));
  if (counts.size > 1) return false;
  return key.some(({ expressions }) =>
    inputs.every(({ stream }, i) => {
      const path = expressions[i]?.path;
      return stream.key !== undefined && path?.length === 2 && path[0] === stream.alias && path[1] === stream.key;
    })
  );
}

interface Group {
  readonly name: string;
  readonly rules: PlanRule[];
  /** The key by stream, with a text that is equal for equal ones. */
  readonly keys: Map<string, { readonly meaning: string; readonly parts: readonly Expression[] }>;
}

/** Rules share a group where their keys are named alike and no stream has two different ones. */
function join(groups: Group[], rule: PlanRule, key: readonly KeyPart[]): void {
  const name = key.map((part) => part.name).join("-");
  const keys = rule.compiled.inputs.filter(({ stream }) => stream.name !== alertsName).map(({ stream }, i) => {
    const meaning = JSON.stringify(key.map((part) => meaningsOf(rule, part)[i]));
    return [stream.name, { meaning, parts: key.flatMap(({ expressions }) => expressions[i] ?? []) }] as const;
  });
  let group = groups.find((one) =>
    one.name === name && keys.every(([stream, { meaning }]) => (one.keys.get(stream)?.meaning ?? meaning) === meaning)
  );
  if (group === undefined) groups.push(group = { name, rules: [], keys: new Map() });
  group.rules.push(rule);
  for (const [stream, found] of keys) group.keys.set(stream, found);
}

/** Letters that a topic may have; with a mark where a name is not its own, or says too little. */
function topicName({ name, keys }: Group, names: ReadonlyMap<string, number>): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 80);
  if (name === "") return "all";
  if (plain === name && name !== "all" && names.get(name) === 1) return name;
  return `${plain}-${identify([...keys].map(([stream, { meaning }]) => [stream, meaning]).sort()).slice(0, 6)}`;
}

function keySetOf(plan: Plan, group: Group, partitions: Partitions, topic: string): KeySet {
  const counts = [...group.keys.keys()].flatMap((stream) => [...partitions.get(stream)?.values() ?? []]);
  const streams = [...group.keys].map(([stream, { parts }]) => [stream, needsOf(group.rules, stream, parts)] as const);
  const meets = group.name === "";
  return {
    ...{ topic, meets },
    partitions: meets ? 1 : Math.max(1, ...counts),
    plan: restricted(plan, group.rules),
    streams: new Map(streams),
  };
}
