/**
 * absence: a key that was seen and then silent (semantics.md 24). A key is silent when two neighbouring event times are
 * at least `for` apart, in whatever order they arrive, so event times wait until the watermark has passed them.
 */
import type { Severity } from "../model/alert.ts";
import { comparePlaces, isLate, type Place } from "../model/event.ts";
import type { CarriedEvents, Operator, StateCodec, Turn } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";
import { showEvents } from "../operators/window_rule.ts";
import type { Carry, CompiledRule, Judge, Kind, RuleCompiler } from "./kind.ts";

interface Sighting {
  readonly place: Place;
  readonly carried: CarriedEvents | undefined;
}

interface AbsenceState {
  /** Newest event that the watermark has passed; undefined until it has passed one. */
  last: Sighting | undefined;
  /** Later events, by place. */
  readonly waiting: Sighting[];
  /** Deadline and severity of the silence that has been said and not ended. */
  silent: { readonly deadline: Millis; readonly severity: Severity } | undefined;
}

interface AbsenceRule {
  readonly silence: Millis;
  readonly judge: Judge;
  readonly resolves: boolean;
  readonly carry: Carry;
}

function absenceOperator(rule: AbsenceRule): Operator<AbsenceState> {
  return {
    codec: absenceCodec,
    step(given, event, turn) {
      if (isLate(event)) return given;
      const state: AbsenceState = given ?? { last: undefined, waiting: [], silent: undefined };
      const sighting = { place: event.place, carried: rule.carry(event.data, event.place.stream) };
      let at = state.waiting.length;
      while (at > 0 && comparePlaces(state.waiting[at - 1]!.place, event.place) > 0) at--;
      state.waiting.splice(at, 0, sighting);
      turn.wakeAt(dueOf(rule, state));
      return state;
    },
    wake(state, now, turn) {
      while (settle(rule, state, now, turn));
      if (state.silent === undefined || state.waiting.length > 0) turn.wakeAt(dueOf(rule, state));
      return rule.resolves || state.silent === undefined ? state : quiet(state);
    },
  };
}

/** A silent key without `notify_resolved` keeps nothing but that it is silent. */
function quiet(state: AbsenceState): AbsenceState | undefined {
  return state.waiting.length > 0 ? state : undefined;
}

/** When the state can go on: its next event, or the end of the silence it may be in. */
function dueOf(rule: AbsenceRule, state: AbsenceState): Millis {
  const next = state.waiting[0]?.place.time ?? Infinity;
  if (state.last === undefined || state.silent !== undefined) return next;
  return Math.min(next, state.last.place.time + rule.silence);
}

/** Does the earliest thing that is due by `now`; false when there is none. */
function settle(rule: AbsenceRule, state: AbsenceState, now: Millis, turn: Turn): boolean {
  const next = state.waiting[0];
  const deadline = state.last === undefined || state.silent !== undefined
    ? Infinity
    : state.last.place.time + rule.silence;
  if (deadline <= now && (next === undefined || next.place.time >= deadline)) {
    fall(rule, state, deadline, turn);
    return true;
  }
  if (next === undefined || next.place.time > now) return false;
  state.waiting.shift();
  if (state.silent !== undefined) speakAgain(rule, state, state.silent, next, turn);
  state.last = next;
  return true;
}

/** The key has fallen silent. */
function fall(rule: AbsenceRule, state: AbsenceState, deadline: Millis, turn: Turn): void {
  const { last } = state;
  if (last === undefined) return;
  showEvents(turn.scope, last.carried);
  turn.scope.time = deadline;
  const severity = rule.judge.judge(turn.scope, turn.undefinedCondition) ?? "info";
  state.silent = { deadline, severity };
  turn.signal({
    ...saying(deadline, deadline, severity, last),
    status: "firing",
    window: { start: last.place.time, end: deadline },
    episode: undefined,
  });
}

/** The key has spoken again. */
function speakAgain(
  rule: AbsenceRule,
  state: AbsenceState,
  { deadline, severity }: { deadline: Millis; severity: Severity },
  next: Sighting,
  turn: Turn,
): void {
  state.silent = undefined;
  if (!rule.resolves) return;
  turn.signal({
    ...saying(next.place.time, deadline, severity, next),
    status: "resolved",
    window: { start: state.last?.place.time ?? deadline, end: next.place.time },
    episode: [deadline],
  });
}

function saying(time: Millis, deadline: Millis, severity: Severity, sighting: Sighting) {
  return {
    output: "alert" as const,
    time,
    occasion: [deadline],
    severity,
    values: {},
    events: sighting.carried ?? {},
    scopeValues: [],
    evidence: [sighting.place],
    evidenceTotal: 1,
  };
}

/** One small head, no parts. */
const absenceCodec: StateCodec<AbsenceState> = {
  save: (state, _all, write) => write("", JSON.stringify(state)),
  load: (parts) => JSON.parse(parts.get("") ?? "{}"),
};

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const admitted = rule.inputs();
  const silence = rule.duration(["for"]);
  if (admitted === undefined || silence === undefined) return undefined;
  const vocabulary = rule.vocabulary(admitted.inputs.map((input) => input.stream));
  const judge = rule.judge(vocabulary, { required: false, graded: true });
  if (judge === undefined) return undefined;
  const resolves = rule.raw.notify_resolved === true;
  return {
    ...admitted,
    operator: absenceOperator({ silence, judge, resolves, carry: rule.carry(vocabulary) }),
    signature: [silence],
    horizon: silence,
    speaks: { alerts: true, records: false },
    vocabulary,
    onArrival: false,
    stateless: false,
  };
}

export const absence: Kind = {
  name: "absence",
  summary: "A key that was seen and then silent: one alert per silence.",
  properties: {
    for: { type: "string", format: "duration", description: "How long a key may be silent." },
  },
  required: ["on", "key", "for"],
  refuses: ["emit_to", "record"],
  example: {
    pack: `pack: example
defaults: { severity: critical }
rules:
  - id: silent
    title: A pipeline has stopped reporting
    kind: absence
    on: pipeline_metrics
    key: metric.pipeline
    for: 5m
    notify_resolved: true
`,
    test: `pack: example
start: 2026-01-05T10:00:00Z
tests:
  - name: five minutes without a word
    given:
      - { at: 0s, pipeline_metrics: { pipeline: etl, name: lag, value: 1 } }
      - { at: 6m, pipeline_metrics: { pipeline: etl, name: lag, value: 1 } }
      - { at: 7m, advance: true }
    expect:
      - { at: 5m, rule: silent, status: firing, key: { pipeline: etl } }
      - { at: 6m, rule: silent, status: resolved, key: { pipeline: etl } }
`,
  },
  compile,
};
