/**
 * join: two streams, one key, bounded time (semantics.md 22). A match is decided when its second event arrives: that
 * event takes, of the partners already there, all, the latest or the first by event time.
 */
import type { Condition } from "../conditions/expression.ts";
import { evidenceLimit } from "../model/alert.ts";
import { comparePlaces, type Event, occasionOf, type Place } from "../model/event.ts";
import type { CarriedEvents, Operator, StateCodec, Turn } from "../model/operator.ts";
import { kindProblems } from "../model/problems/kinds.ts";
import { aliasProperty } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import { isFields } from "../model/value.ts";
import type { Carry, CompiledRule, Judge, Kind, RuleCompiler } from "./kind.ts";

/** Partners older than twice the bound, and by at least an hour, are dropped: no event that is still taken meets them. */
const graceMillis: Millis = 3_600_000;

type Order = "any" | "left_first" | "right_first";
type Match = "latest" | "first" | "all";

/** One event that waits for partners. */
interface Partner {
  readonly place: Place;
  readonly carried: CarriedEvents | undefined;
}

interface JoinState {
  newest: Millis;
  /** Left and right events, by event time, equal times by arrival. */
  readonly sides: readonly [Partner[], Partner[]];
  changed: [boolean, boolean];
}

interface JoinRule {
  readonly within: Millis;
  readonly order: Order;
  readonly match: Match;
  readonly judge: Judge;
  readonly output: "alert" | "record";
  readonly carry: Carry;
}

function joinOperator(rule: JoinRule): Operator<JoinState> {
  return {
    codec: joinCodec,
    step(given, event, turn) {
      const { time } = event.place;
      const gone = given === undefined || event.watermark >= given.newest + rule.within;
      const state: JoinState = gone ? { newest: time, sides: [[], []], changed: [true, true] } : given;
      const side = turn.input === 0 ? 0 : 1;
      for (const partner of partnersOf(rule, state.sides[1 - side]!, side, time)) {
        decide(rule, side, event, partner, turn);
      }
      const carried = rule.carry(event.data, event.place.stream);
      insert(state.sides[side], { place: event.place, carried });
      state.changed[side] = true;
      if (time > state.newest) state.newest = time;
      prune(rule, state);
      turn.wakeAt(state.newest + rule.within);
      return state;
    },
    wake(state, now, turn) {
      const due = state.newest + rule.within;
      if (now >= due && turn.floor() >= due) return undefined;
      turn.wakeAt(now >= due ? now + rule.within : due);
      return state;
    },
  };
}

/** The partners that an event of a side takes. Order and bound are inclusive. */
function partnersOf(rule: JoinRule, others: readonly Partner[], side: 0 | 1, time: Millis): readonly Partner[] {
  const otherIsFirst = (rule.order === "left_first" && side === 1) || (rule.order === "right_first" && side === 0);
  const otherIsLast = rule.order !== "any" && !otherIsFirst;
  const from = lowerBound(others, otherIsLast ? time : time - rule.within);
  const to = lowerBound(others, (otherIsFirst ? time : time + rule.within) + 1);
  if (from >= to) return [];
  if (rule.match === "all") return others.slice(from, to);
  return [others[rule.match === "latest" ? to - 1 : from]!];
}

/** Index of the first partner at or after a time. */
function lowerBound(partners: readonly Partner[], time: Millis): number {
  let low = 0;
  let high = partners.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (partners[middle]!.place.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Equal times keep the order of arrival. */
function insert(partners: Partner[], partner: Partner): void {
  partners.splice(lowerBound(partners, partner.place.time + 1), 0, partner);
}

function prune(rule: JoinRule, state: JoinState): void {
  const edge = state.newest - Math.max(2 * rule.within, rule.within + graceMillis);
  for (const side of [0, 1] as const) {
    const gone = lowerBound(state.sides[side], edge);
    if (gone === 0) continue;
    state.sides[side].splice(0, gone);
    state.changed[side] = true;
  }
}

/** Judges one match; the partner's fields stand beside the event's for as long. */
function decide(rule: JoinRule, side: 0 | 1, event: Event, partner: Partner, turn: Turn): void {
  const { scope } = turn;
  for (const alias in partner.carried) scope[aliasProperty(alias)] = partner.carried[alias];
  const severity = rule.judge.judge(scope, turn.undefinedCondition);
  for (const alias in partner.carried) scope[aliasProperty(alias)] = undefined;
  if (severity === undefined) return;
  const [left, right] = side === 0 ? [event.place, partner.place] : [partner.place, event.place];
  turn.signal({
    output: rule.output,
    status: "firing",
    time: Math.max(left.time, right.time),
    window: null,
    occasion: [...occasionOf(left), ...occasionOf(right)],
    episode: undefined,
    severity,
    values: {},
    events: { ...partner.carried, ...rule.carry(event.data, event.place.stream) },
    change: event.change,
    scopeValues: [],
    evidence: [left, right].sort(comparePlaces).slice(-evidenceLimit),
    evidenceTotal: 2,
  });
}

/** Head: newest time. Parts: the two sides. */
const joinCodec: StateCodec<JoinState> = {
  save(state, all, write) {
    write("", JSON.stringify({ newest: state.newest }));
    for (const side of [0, 1] as const) {
      if (all || state.changed[side]) write(String(side), JSON.stringify(state.sides[side]));
      state.changed[side] = false;
    }
  },
  load(parts) {
    const head: { newest: Millis } = JSON.parse(parts.get("") ?? "{}");
    const sides: [Partner[], Partner[]] = [JSON.parse(parts.get("0") ?? "[]"), JSON.parse(parts.get("1") ?? "[]")];
    return { newest: head.newest, sides, changed: [false, false] };
  },
};

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const [left] = rule.streams(["left", "on"]);
  const [right] = rule.streams(["right", "on"]);
  if (left === undefined || right === undefined) return undefined;
  if (left === right) {
    rule.report(kindProblems.joinNeedsTwoStreams, ["right", "on"], { stream: right.name });
    return undefined;
  }
  const key = rule.keys(["key"], [{ name: "left", stream: left }, { name: "right", stream: right }]);
  const conditions = (["left", "right"] as const).map((side) =>
    sideCondition(rule, side, side === "left" ? left : right)
  );
  const joined = rule.vocabulary([left, right]);
  const aliases = Object.fromEntries(
    Object.entries(joined.aliases).map(([alias, known]) => [alias, { ...known, optional: false }]),
  );
  const vocabulary = { ...joined, aliases };
  const records = rule.raw.emit_to !== undefined;
  const judge = rule.judge(vocabulary, { required: false, graded: !records });
  const within = rule.duration(["within"]);
  if (key === undefined || conditions.includes(undefined) || judge === undefined || within === undefined) {
    return undefined;
  }
  const order = (["any", "left_first", "right_first"] as const).find((one) => one === rule.raw.order) ?? "any";
  const match = (["latest", "first", "all"] as const).find((one) => one === rule.raw.match) ?? "latest";
  return {
    inputs: [left, right].map((stream, i) => ({
      stream,
      where: conditions[i]?.condition,
      key: key.parts[i] ?? [],
    })),
    keyNames: key.names,
    operator: joinOperator({
      within,
      order,
      match,
      judge,
      output: records ? "record" : "alert",
      carry: rule.carry(vocabulary),
    }),
    signature: [within],
    horizon: within,
    speaks: { alerts: !records, records },
    vocabulary,
    onArrival: true,
    stateless: false,
  };
}

/** `where` of one side; undefined when it has a problem. */
function sideCondition(
  rule: RuleCompiler,
  side: "left" | "right",
  stream: Parameters<RuleCompiler["vocabulary"]>[0][number],
): { condition: Condition | undefined } | undefined {
  const raw = rule.raw[side];
  if (!isFields(raw) || raw.where === undefined) return { condition: undefined };
  const condition = rule.condition([side, "where"], rule.vocabulary([stream]));
  return condition === undefined ? undefined : { condition };
}

const side = {
  type: "object",
  required: ["on"],
  additionalProperties: false,
  properties: {
    on: { type: "string", description: "The side's stream." },
    where: { $ref: "#/$defs/condition", description: "Admits events of the side." },
  },
} as const;

export const join: Kind = {
  name: "join",
  summary: "Two streams, one key, bounded time: alerts for pairs of events that meet a condition.",
  properties: {
    left: { ...side, description: "One side of the join: `{ on: orders, where: … }`." },
    right: { ...side, description: "The other side: `{ on: payments, where: … }`." },
    within: {
      type: "string",
      format: "duration",
      description: "Greatest distance between the two event times, inclusive.",
    },
    order: { enum: ["any", "left_first", "right_first"], description: "Which side must not be later (default `any`)." },
    match: {
      enum: ["latest", "first", "all"],
      description: "Of several partners already there: which (default `latest`).",
    },
  },
  required: ["left", "right", "key", "within"],
  refuses: ["on", "where", "notify_resolved"],
  example: {
    pack: `pack: example
defaults: { severity: high }
rules:
  - id: amount-gap
    title: Payment differs from its order
    kind: join
    left: { on: orders, where: order.event_type == "created" }
    right: { on: payments, where: payment.status == "succeeded" }
    key: { left: order.order_id, right: payment.order_id }
    within: 24h
    when: math.abs(payment.amount - order.total) / order.total > 0.05
    entities: { order: order.order_id, payment: payment.payment_id }
`,
    test: `pack: example
start: 2026-01-05T10:00:00Z
defaults:
  payments:
    payment_id: p
    order_id: o
    customer_id: c
    session_id: s
    amount: 20
    currency: EUR
    status: succeeded
    method: card
    provider: stripe
    risk_score: 10
    is_flagged: false
    billing_country: FR
    ip: 192.0.2.1
    ip_country: FR
  orders:
    order_id: o
    customer_id: c
    event_type: created
    subtotal: 100
    discount: 0
    total: 100
    item_count: 1
    shipping_country: FR
    shipping_method: standard
tests:
  - name: a payment six percent above its order alerts
    given:
      - { at: 0s, orders: { order_id: o1, event_type: created, total: 100 } }
      - { at: 5s, payments: { order_id: o1, status: succeeded, amount: 106, payment_id: p1 } }
    expect:
      - { at: 5s, rule: amount-gap, key: { order_id: o1 }, entities: { order: o1, payment: p1 } }
`,
  },
  compile,
};
