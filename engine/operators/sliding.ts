/**
 * Rules over a sliding window: judged at the key's events only, speaking once per episode (semantics.md 10). What the
 * window holds is a store's affair; this file knows when an episode begins, worsens and ends.
 */
import { type Severity, severityRank } from "../model/alert.ts";
import type { Event } from "../model/event.ts";
import type { CarriedEvents, Operator, Signal, StateCodec, Turn } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";
import type { SlidingWindow } from "../windows/window.ts";
import { marked } from "./measures.ts";
import { type SlidingStore, storeOf } from "./sliding_store.ts";
import type { WindowRule } from "./window_rule.ts";

/** From the event that made the condition true until it turns false. */
interface Episode {
  /** Event time at which it began: part of its id. */
  readonly began: Millis;
  /** Rank of the worst severity said. */
  readonly spoken: number;
  readonly severity: Severity;
  /** What a later `resolved` says of entities; only with `notify_resolved`. */
  readonly carried: CarriedEvents | undefined;
}

interface SlidingState {
  newest: Millis;
  readonly content: unknown;
  episode: Episode | undefined;
  changed: boolean;
}

type SlidingRule = WindowRule<SlidingWindow>;

/** The operator of a rule over a sliding window. */
export function slidingOperator(rule: SlidingRule): Operator {
  return operatorOver(rule, storeOf(rule.window, rule.measures));
}

function operatorOver(rule: SlidingRule, store: SlidingStore): Operator<SlidingState> {
  const { size } = rule.window;
  return {
    codec: slidingCodec(store),
    step(given, event, turn) {
      const { time } = event.place;
      let state = given;
      if (state !== undefined && event.watermark >= state.newest + size) {
        endByTime(rule, state, turn);
        state = undefined;
      }
      if (state === undefined) state = { newest: time, content: store.empty(), episode: undefined, changed: true };
      else if (time >= state.newest + size) endByTime(rule, state, turn);
      if (time > state.newest) state.newest = time;
      state.changed = true;
      if (!store.enter(state.content, event, state.newest, turn.scope)) return state;
      store.read(state.content, event.place, turn.scope);
      judge(rule, store, state, event, turn);
      turn.wakeAt(state.newest + size);
      return state;
    },
    wake(state, now, turn) {
      const due = state.newest + size;
      if (now < due) {
        turn.wakeAt(due);
        return state;
      }
      endByTime(rule, state, turn);
      if (turn.floor() >= due) return undefined;
      turn.wakeAt(now + size);
      return state;
    },
  };
}

/** Judges `scope.values`: begins, raises or ends the episode (semantics.md 9 and 10). */
function judge(rule: SlidingRule, store: SlidingStore, state: SlidingState, event: Event, turn: Turn): void {
  const severity = rule.judge.judge(turn.scope, turn.undefinedCondition);
  const open = state.episode;
  if (severity === undefined) {
    if (open === undefined || (rule.recover !== undefined && rule.recover.test(turn.scope) !== true)) return;
    return endByEvent(rule, state, open, event, turn);
  }
  if (open !== undefined && severityRank(severity) <= open.spoken) return;
  const began = open?.began ?? state.newest;
  turn.signal({
    ...moment(rule, state, turn),
    status: "firing",
    time: state.newest,
    occasion: open === undefined ? [began] : [began, severity],
    episode: open === undefined ? undefined : [began],
    severity,
    events: undefined,
    change: event.change,
    evidence: store.evidence(state.content),
    evidenceTotal: store.count(state.content),
  });
  const carried = rule.resolves ? rule.carry(event.data, event.place.stream) : undefined;
  state.episode = { began, spoken: severityRank(severity), severity, carried };
}

function endByEvent(rule: SlidingRule, state: SlidingState, open: Episode, event: Event, turn: Turn): void {
  state.episode = undefined;
  if (!rule.resolves) return;
  turn.signal({
    ...moment(rule, state, turn),
    ...resolving(open),
    time: state.newest,
    events: undefined,
    change: event.change,
    evidence: [event.place],
    evidenceTotal: 1,
  });
}

/** Time alone ends the episode: nothing came for the length of the window. */
function endByTime(rule: SlidingRule, state: SlidingState, turn: Turn): void {
  const open = state.episode;
  if (open === undefined) return;
  state.episode = undefined;
  state.changed = true;
  if (!rule.resolves) return;
  const end = state.newest + rule.window.size;
  turn.signal({
    ...resolving(open),
    output: rule.output,
    window: { start: state.newest, end },
    values: {},
    scopeValues: [],
    time: end,
    events: open.carried ?? {},
    evidence: [],
    evidenceTotal: 0,
  });
}

function resolving(open: Episode): Pick<Signal, "status" | "occasion" | "episode" | "severity"> {
  return { status: "resolved", occasion: [open.began], episode: [open.began], severity: open.severity };
}

function moment(
  rule: SlidingRule,
  state: SlidingState,
  turn: Turn,
): Pick<Signal, "output" | "window" | "values" | "approximate" | "scopeValues"> {
  return {
    output: rule.output,
    window: { start: state.newest - rule.window.size, end: state.newest },
    values: rule.measures.fields(turn.scope),
    ...marked(rule.measures.names, rule.measures.approximate()),
    scopeValues: [...turn.scope.values],
  };
}

/** Head: newest time and episode. Parts: those of the store. */
function slidingCodec(store: SlidingStore): StateCodec<SlidingState> {
  return {
    save(state, all, write) {
      if (all || state.changed) write("", JSON.stringify({ newest: state.newest, episode: state.episode }));
      state.changed = false;
      store.save(state.content, all, write);
    },
    load(parts) {
      const head: { newest: Millis; episode?: Episode } = JSON.parse(parts.get("") ?? "{}");
      const content = store.load([...parts].filter(([part]) => part !== ""), head.newest);
      return { newest: head.newest, content, episode: head.episode, changed: false };
    },
  };
}
