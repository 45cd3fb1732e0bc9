/**
 * Sessions: windows that events open, extend and connect (semantics.md 11). The state of a key is a few sessions, each
 * one part of the saved state, named by a number of its own because its edges move.
 */
import { type Severity, severityRank } from "../model/alert.ts";
import { comparePlaces, type Event, occasionOf, type Place } from "../model/event.ts";
import type { CarriedEvents, Operator, StateCodec, Turn } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";
import type { MergingWindow } from "../windows/window.ts";
import { type Accumulators, marked, type Saved } from "./measures.ts";
import { addEvidence, showEvents, type WindowRule } from "./window_rule.ts";

interface Session {
  readonly part: number;
  first: Place;
  newest: Place;
  accumulators: Accumulators;
  count: number;
  carried: CarriedEvents | undefined;
  evidence: Place[];
  /** Rank of the worst severity said, -1 before; and what the first alert is known by. */
  spoken: number;
  occasion: readonly (string | number)[] | undefined;
  changed: boolean;
  /** It was written once: when it goes, its part must go too. */
  saved: boolean;
}

interface MergingState {
  /** By first event. */
  sessions: Session[];
  parts: number;
  changed: boolean;
  gone: number[];
}

type MergingRule = WindowRule<MergingWindow>;

/** The operator of a rule over sessions. */
export function mergingOperator(rule: MergingRule): Operator<MergingState> {
  return {
    codec: mergingCodec(rule),
    step(given, event, turn) {
      const state = given ?? { sessions: [], parts: 0, changed: true, gone: [] };
      enter(rule, state, event, turn);
      return state.sessions.length === 0 ? undefined : state;
    },
    wake(state, now, turn) {
      const due = state.sessions.filter((session) => endOf(rule, session) <= now);
      due.sort((a, b) => endOf(rule, a) - endOf(rule, b));
      for (const session of due) {
        drop(state, session);
        if (rule.emit === "on_close") close(rule, session, turn);
      }
      if (state.sessions.length === 0) return undefined;
      turn.wakeAt(Math.min(...state.sessions.map((session) => endOf(rule, session))));
      return state;
    },
  };
}

function endOf(rule: MergingRule, session: Session): Millis {
  return session.newest.time + rule.window.gap;
}

function drop(state: MergingState, session: Session): void {
  state.sessions = state.sessions.filter((kept) => kept !== session);
  if (session.saved) state.gone.push(session.part);
}

/** Joins the sessions less than the gap away that are open for the event's partition, or begins one of its own. */
function enter(rule: MergingRule, state: MergingState, event: Event, turn: Turn): void {
  const { gap } = rule.window;
  const { time } = event.place;
  const near = state.sessions.filter((session) =>
    time > session.first.time - gap && time < session.newest.time + gap && endOf(rule, session) > event.watermark
  );
  const end = Math.max(time, ...near.map((session) => session.newest.time)) + gap;
  if (end <= event.watermark) return;
  if (end <= turn.watermark) return turn.refuse(event, "closed");
  const session = near[0] ?? begin(rule, state, event);
  for (const other of near.slice(1)) connect(rule, state, session, other);
  add(rule, session, event, turn);
  state.sessions.sort((a, b) => comparePlaces(a.first, b.first));
  turn.wakeAt(endOf(rule, session));
  if (rule.emit === "on_match") judgeOpen(rule, session, event, turn);
}

function begin(rule: MergingRule, state: MergingState, event: Event): Session {
  const session: Session = {
    part: state.parts++,
    first: event.place,
    newest: event.place,
    accumulators: rule.measures.empty(),
    count: 0,
    carried: undefined,
    evidence: [],
    spoken: -1,
    occasion: undefined,
    changed: true,
    saved: false,
  };
  state.changed = true;
  state.sessions.push(session);
  return session;
}

/** Makes one session of two; what either said counts as said. */
function connect(rule: MergingRule, state: MergingState, session: Session, other: Session): void {
  rule.measures.merge(session.accumulators, other.accumulators);
  session.count += other.count;
  for (const place of other.evidence) addEvidence(session.evidence, place);
  if (comparePlaces(other.first, session.first) < 0) session.first = other.first;
  if (comparePlaces(other.newest, session.newest) > 0) {
    [session.newest, session.carried] = [other.newest, other.carried];
  }
  if (other.spoken > session.spoken) session.spoken = other.spoken;
  session.occasion ??= other.occasion;
  drop(state, other);
}

function add(rule: MergingRule, session: Session, event: Event, turn: Turn): void {
  rule.measures.add(session.accumulators, turn.scope, event);
  session.count++;
  session.changed = true;
  addEvidence(session.evidence, event.place);
  if (comparePlaces(event.place, session.first) < 0) session.first = event.place;
  if (comparePlaces(event.place, session.newest) >= 0) {
    session.newest = event.place;
    session.carried = rule.carry(event.data, event.place.stream);
  }
}

function judgeOpen(rule: MergingRule, session: Session, event: Event, turn: Turn): void {
  rule.measures.read(session.accumulators, event.place, turn.scope);
  const severity = rule.judge.judge(turn.scope, turn.undefinedCondition);
  if (severity === undefined || severityRank(severity) <= session.spoken) return;
  const occasion = session.occasion ?? occasionOf(session.first);
  turn.signal({
    ...said(rule, session, severity, turn),
    time: event.place.time,
    occasion: session.occasion === undefined ? occasion : [...occasion, severity],
    episode: session.occasion,
    events: undefined,
    change: event.change,
  });
  session.spoken = severityRank(severity);
  session.occasion = occasion;
}

function close(rule: MergingRule, session: Session, turn: Turn): void {
  showEvents(turn.scope, session.carried);
  turn.scope.time = endOf(rule, session);
  rule.measures.read(session.accumulators, session.newest, turn.scope);
  const severity = rule.judge.judge(turn.scope, turn.undefinedCondition);
  if (severity === undefined) return;
  turn.signal({
    ...said(rule, session, severity, turn),
    time: endOf(rule, session),
    occasion: [session.first.time],
    episode: undefined,
    events: session.carried ?? {},
  });
}

function said(rule: MergingRule, session: Session, severity: Severity, turn: Turn) {
  return {
    output: rule.output,
    status: "firing" as const,
    window: { start: session.first.time, end: endOf(rule, session) },
    severity,
    values: rule.measures.fields(turn.scope),
    ...marked(rule.measures.names, rule.measures.approximate()),
    scopeValues: [...turn.scope.values],
    evidence: [...session.evidence],
    evidenceTotal: session.count,
  };
}

/** Head: how many parts were named. Parts: one per session. */
function mergingCodec(rule: MergingRule): StateCodec<MergingState> {
  return {
    save(state, all, write) {
      if (all || state.changed) write("", JSON.stringify({ parts: state.parts }));
      for (const part of state.gone) write(String(part), undefined);
      for (const session of state.sessions) {
        if (!all && !session.changed) continue;
        const accumulators = rule.measures.save(session.accumulators);
        write(String(session.part), JSON.stringify({ ...session, changed: false, saved: true, accumulators }));
        session.changed = false;
        session.saved = true;
      }
      state.changed = false;
      state.gone = [];
    },
    load(parts) {
      const head: { parts: number } = JSON.parse(parts.get("") ?? "{}");
      const sessions = [...parts].filter(([part]) => part !== "").map(([, text]): Session => {
        const saved: Saved<Session> = JSON.parse(text);
        return { ...saved, accumulators: rule.measures.load(saved.accumulators) };
      });
      sessions.sort((a, b) => comparePlaces(a.first, b.first));
      return { sessions, parts: head.parts, changed: false, gone: [] };
    },
  };
}
