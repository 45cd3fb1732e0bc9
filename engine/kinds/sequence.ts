/**
 * sequence: ordered steps per key within a time (semantics.md 23). A key has one run at a time; a last step that is
 * `not:` must be absent until the deadline, and only then, when the watermark has passed it, does the rule speak.
 */
import type { Condition } from "../conditions/expression.ts";
import { comparePlaces, type Event, occasionOf, type Place } from "../model/event.ts";
import type { CarriedEvents, Operator, StateCodec, Turn } from "../model/operator.ts";
import type { Stream } from "../model/contract.ts";
import { kindProblems } from "../model/problems/kinds.ts";
import type { Path } from "../model/problem.ts";
import type { Millis } from "../model/time.ts";
import { isFields, type Value } from "../model/value.ts";
import { addEvidence, showEvents } from "../operators/window_rule.ts";
import type { Carry, CompiledRule, Judge, Kind, RuleCompiler } from "./kind.ts";

interface SequenceStep {
  readonly stream: string;
  readonly where: Condition | undefined;
  readonly times: number;
}

/** A run: its first step, how far it has come, and what it says when it is complete. */
interface Run {
  readonly first: Place;
  /** Index of the step it waits for, and how many of its events have come. */
  step: number;
  times: number;
  /** Event time of the step before: steps are ordered in event time. */
  last: Millis;
  carried: CarriedEvents;
  evidence: Place[];
  count: number;
}

interface SequenceState {
  newest: Millis;
  /** Open runs by first step: more than one only while deadlines wait for the watermark. */
  runs: Run[];
}

interface SequenceRule {
  readonly steps: readonly SequenceStep[];
  /** Steps that must stay absent. */
  readonly absent: readonly SequenceStep[];
  readonly within: Millis;
  readonly judge: Judge;
  readonly carry: Carry;
}

function sequenceOperator(rule: SequenceRule): Operator<SequenceState> {
  return {
    codec: sequenceCodec,
    step(given, event, turn) {
      if (!isStep(rule, event, turn)) return given;
      const { time } = event.place;
      const state = given ?? { newest: time, runs: [] };
      const fresh = event.watermark >= state.newest + rule.within;
      if (!fresh) breakRuns(rule, state, event, turn);
      const current = fresh ? undefined : state.runs.find((run) => inside(rule, run, time));
      if (current !== undefined) advance(rule, state, current, event, turn);
      else if (begins(rule, state, fresh, event, turn)) begin(rule, state, event, turn);
      if (time > state.newest) state.newest = time;
      turn.wakeAt(dueOf(rule, state));
      return state;
    },
    wake(state, now, turn) {
      for (const run of state.runs.filter((run) => deadlineOf(rule, run) <= now)) {
        if (rule.absent.length > 0 && run.step === rule.steps.length) speakAtDeadline(rule, run, turn);
      }
      state.runs = state.runs.filter((run) => deadlineOf(rule, run) > now);
      const due = dueOf(rule, state);
      if (now >= due && turn.floor() >= due) return undefined;
      turn.wakeAt(now >= due ? now + rule.within : due);
      return state;
    },
  };
}

function deadlineOf(rule: SequenceRule, run: Run): Millis {
  return run.first.time + rule.within;
}

/** The first deadline; without open runs the time at which the state ends (semantics.md 12). */
function dueOf(rule: SequenceRule, { newest, runs }: SequenceState): Millis {
  return runs.reduce((due, run) => Math.min(due, deadlineOf(rule, run)), newest + rule.within);
}

/** Whether an event fits any step: all others are ignored. */
function isStep(rule: SequenceRule, event: Event, turn: Turn): boolean {
  return rule.steps.some((step) => fits(step, event, turn)) || rule.absent.some((step) => fits(step, event, turn));
}

/** Later than the first step, and not after the deadline. */
function inside(rule: SequenceRule, run: Run, time: Millis): boolean {
  return time > run.first.time && time <= deadlineOf(rule, run);
}

function fits(step: SequenceStep | undefined, event: Event, turn: Turn): boolean {
  if (step === undefined || step.stream !== event.place.stream) return false;
  return step.where === undefined || step.where.test(turn.scope) === true;
}

/** An event that should have stayed absent ends the runs it falls into, in whatever order it arrives. */
function breakRuns(rule: SequenceRule, state: SequenceState, event: Event, turn: Turn): void {
  if (!rule.absent.some((step) => fits(step, event, turn))) return;
  state.runs = state.runs.filter((run) => !inside(rule, run, event.place.time));
}

/** A first step begins a run when no run of the key holds it: an earlier one that arrives late changes nothing. */
function begins(rule: SequenceRule, state: SequenceState, fresh: boolean, event: Event, turn: Turn): boolean {
  if (!fits(rule.steps[0], event, turn)) return false;
  return fresh || state.runs.every((run) => event.place.time > deadlineOf(rule, run));
}

function begin(rule: SequenceRule, state: SequenceState, event: Event, turn: Turn): void {
  const run: Run = {
    first: event.place,
    step: 0,
    times: 0,
    last: event.place.time,
    carried: {},
    evidence: [],
    count: 0,
  };
  state.runs.push(run);
  state.runs.sort((a, b) => comparePlaces(a.first, b.first));
  count(rule, state, run, event, turn);
}

function advance(rule: SequenceRule, state: SequenceState, run: Run, event: Event, turn: Turn): void {
  if (event.place.time >= run.last && fits(rule.steps[run.step], event, turn)) count(rule, state, run, event, turn);
}

/** Counts an event for the step that a run waits for; the last step completes the run. */
function count(rule: SequenceRule, state: SequenceState, run: Run, event: Event, turn: Turn): void {
  run.last = event.place.time;
  run.carried = { ...run.carried, ...rule.carry(event.data, event.place.stream) };
  run.count++;
  addEvidence(run.evidence, event.place);
  if (++run.times < (rule.steps[run.step]?.times ?? 1)) return;
  run.times = 0;
  run.step++;
  if (run.step < rule.steps.length || rule.absent.length > 0) return;
  state.runs = state.runs.filter((open) => open !== run);
  speak(rule, run, event.place.time, turn);
}

function speakAtDeadline(rule: SequenceRule, run: Run, turn: Turn): void {
  const deadline = deadlineOf(rule, run);
  turn.scope.time = deadline;
  showEvents(turn.scope, run.carried);
  speak(rule, run, deadline, turn);
}

function speak(rule: SequenceRule, run: Run, time: Millis, turn: Turn): void {
  const severity = rule.judge.judge(turn.scope, turn.undefinedCondition);
  if (severity === undefined) return;
  turn.signal({
    output: "alert",
    status: "firing",
    time,
    window: { start: run.first.time, end: time },
    occasion: rule.absent.length > 0 ? [time] : occasionOf(run.first),
    episode: undefined,
    severity,
    values: {},
    events: run.carried,
    scopeValues: [],
    evidence: run.evidence,
    evidenceTotal: run.count,
  });
}

/** One small head, no parts. */
const sequenceCodec: StateCodec<SequenceState> = {
  save: (state, _all, write) => write("", JSON.stringify(state)),
  load: (parts) => JSON.parse(parts.get("") ?? "{}"),
};

interface StepText {
  readonly path: Path;
  readonly not: boolean;
}

/** Where the steps stand, and which of them are `not:`. */
function stepTexts(raw: Value | undefined): StepText[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((step, i) =>
    isFields(step) && isFields(step.not) ? { path: ["steps", i, "not"], not: true } : { path: ["steps", i], not: false }
  );
}

/** Reports an order of steps that nothing can meet. */
function ordered(rule: RuleCompiler, texts: readonly StepText[]): boolean {
  const first = texts.findIndex((step) => step.not);
  const late = texts.findIndex((step, i) => first >= 0 && i > first && !step.not);
  if (first === 0) rule.report(kindProblems.firstStepIsNot, ["steps", 0], {});
  else if (late >= 0) rule.report(kindProblems.notMustBeLast, ["steps", first], {});
  return first !== 0 && late < 0;
}

function compileStep(rule: RuleCompiler, path: Path): { step: SequenceStep; stream: Stream } | undefined {
  const [stream] = rule.streams([...path, "on"]);
  if (stream === undefined) return undefined;
  const raw = rule.at(path);
  if (!isFields(raw)) return undefined;
  const where = raw.where === undefined ? undefined : rule.condition([...path, "where"], rule.vocabulary([stream]));
  if (raw.where !== undefined && where === undefined) return undefined;
  const times = typeof raw.times === "number" ? raw.times : 1;
  return { step: { stream: stream.name, where, times }, stream };
}

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const texts = stepTexts(rule.raw.steps);
  const steps = texts.map((text) => compileStep(rule, text.path));
  const sound = steps.filter((step) => step !== undefined);
  if (!ordered(rule, texts) || sound.length < steps.length) return undefined;
  const streams = [...new Set(sound.map((step) => step.stream))];
  const admitted = rule.inputs(streams);
  const within = rule.duration(["within"]);
  const vocabulary = rule.vocabulary(streams);
  const judge = rule.judge(vocabulary, { required: false, graded: true });
  if (admitted === undefined || within === undefined || judge === undefined) return undefined;
  const part = (not: boolean) => sound.filter((_, i) => texts[i]?.not === not).map(({ step }) => step);
  return {
    ...admitted,
    operator: sequenceOperator({
      steps: part(false),
      absent: part(true),
      within,
      judge,
      carry: rule.carry(vocabulary),
    }),
    signature: [
      within,
      sound.map(({ step }, i) => [step.stream, step.where?.canonical ?? null, step.times, texts[i]?.not ?? false]),
    ],
    horizon: within,
    speaks: { alerts: true, records: false },
    vocabulary,
    onArrival: true,
    stateless: false,
  };
}

const step = {
  type: "object",
  required: ["on"],
  additionalProperties: false,
  properties: {
    on: { type: "string", description: "The step's stream." },
    where: { $ref: "#/$defs/condition", description: "Which of its events count." },
    times: { type: "integer", minimum: 1, description: "How many of them (default 1)." },
  },
} as const;

export const sequence: Kind = {
  name: "sequence",
  summary: "Ordered steps per key within a time; a last step may have to stay absent until the deadline.",
  properties: {
    steps: {
      type: "array",
      minItems: 1,
      description: "What must happen, in this order.",
      items: {
        anyOf: [step, {
          type: "object",
          required: ["not"],
          additionalProperties: false,
          properties: {
            not: {
              ...step,
              description: "What must stay absent: `not: { on: …, where: … }`.",
              properties: { on: step.properties.on, where: step.properties.where },
            },
          },
        }],
      },
    },
    within: { type: "string", format: "duration", description: "Time from the first step to the last, inclusive." },
  },
  required: ["steps", "key", "within"],
  refuses: ["on", "where", "notify_resolved", "emit_to", "record"],
  example: {
    pack: `pack: example
defaults: { severity: warning }
rules:
  - id: unpaid
    title: An order was not paid within half an hour
    kind: sequence
    steps:
      - { on: orders, where: order.event_type == "created" }
      - { not: { on: payments, where: payment.status == "succeeded" } }
    key: { orders: order.order_id, payments: payment.order_id }
    within: 30m
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
  - name: one of two orders is paid
    given:
      - { at: 0s, orders: { order_id: o1, event_type: created } }
      - { at: 0s, orders: { order_id: o2, event_type: created } }
      - { at: 5m, payments: { order_id: o1, status: succeeded } }
      - { at: 30m, advance: true }
    expect:
      - { at: 30m, rule: unpaid, key: { order_id: o2 } }
`,
  },
  compile,
};
