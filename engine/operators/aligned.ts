/**
 * Windows with fixed edges: tumbling and hopping. The state of a key is a head (rows, open episodes) and one part per
 * open window, so that a checkpoint writes only the windows that an event entered.
 */
import { type Severity, severityRank } from "../model/alert.ts";
import { comparePlaces, type Event, type Place } from "../model/event.ts";
import type { CarriedEvents, Operator, Signal, StateCodec, Turn } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";
import type { AlignedWindow } from "../windows/window.ts";
import { type Accumulators, marked, type Saved } from "./measures.ts";
import { addEvidence, showEvents, type WindowRule } from "./window_rule.ts";

type Occasion = readonly (string | number)[];

/** One open window of a key. */
interface Pane {
  readonly start: Millis;
  readonly end: Millis;
  accumulators: Accumulators;
  count: number;
  /** Newest event by place, and what is carried of it. */
  newest: Place;
  carried: CarriedEvents | undefined;
  evidence: Place[];
  /** Rank of the worst severity said of this window on match; -1 before it spoke. */
  spoken: number;
  changed: boolean;
  /** It was written once: when it goes, its part must go too. */
  saved: boolean;
}

/** An episode that has not ended: alerts were said, and the next window may end it. */
interface Episode {
  /** Start of the window that spoke: only a later one ends the episode. */
  readonly start: Millis;
  readonly occasion: Occasion;
  readonly severity: Severity;
  readonly carried: CarriedEvents | undefined;
}

interface AlignedState {
  /** Open windows, oldest first. */
  panes: Pane[];
  /** Windows in a row that matched, the last of them starting at `last`. */
  row: number;
  last: Millis | undefined;
  /** Unresolved episodes: at most one when speaking on close. */
  episodes: Episode[];
  changed: boolean;
  /** Starts of parts written and since gone. */
  gone: Millis[];
}

type AlignedRule = WindowRule<AlignedWindow>;

/** The operator of a rule over tumbling or hopping windows. */
export function alignedOperator(rule: AlignedRule): Operator<AlignedState> {
  const starts: Millis[] = [];
  return {
    codec: alignedCodec(rule),
    step(given, event, turn) {
      const state = given ?? emptyState();
      starts.length = 0;
      rule.window.starts(event.place.time, starts);
      for (const start of starts) enter(rule, state, start, event, turn);
      return isEmpty(state) ? undefined : state;
    },
    wake(state, now, turn) {
      closeUpTo(rule, state, now, turn);
      const due = nextDue(rule, state);
      if (due !== undefined) turn.wakeAt(due);
      return isEmpty(state) ? undefined : state;
    },
  };
}

function emptyState(): AlignedState {
  return { panes: [], row: 0, last: undefined, episodes: [], changed: true, gone: [] };
}

function isEmpty(state: AlignedState): boolean {
  return state.panes.length === 0 && state.row === 0 && state.episodes.length === 0;
}

/** Lets a window take an event while its end is after the watermark of the event's own partition (semantics.md 5). */
function enter(rule: AlignedRule, state: AlignedState, start: Millis, event: Event, turn: Turn): void {
  const end = rule.window.end(start);
  if (end <= event.watermark) return;
  if (end <= turn.watermark) return turn.refuse(event, "closed");
  const pane = paneAt(rule, state, start, end, event, turn);
  rule.measures.add(pane.accumulators, turn.scope, event);
  pane.count++;
  pane.changed = true;
  addEvidence(pane.evidence, event.place);
  if (comparePlaces(event.place, pane.newest) >= 0) {
    pane.newest = event.place;
    pane.carried = rule.carry(event.data, event.place.stream);
  }
  if (rule.emit === "on_match") judgeOpen(rule, state, pane, event, turn);
}

function paneAt(
  rule: AlignedRule,
  state: AlignedState,
  start: Millis,
  end: Millis,
  event: Event,
  turn: Turn,
): Pane {
  let at = state.panes.length;
  while (at > 0 && state.panes[at - 1]!.start > start) at--;
  const known = state.panes[at - 1];
  if (known !== undefined && known.start === start) return known;
  const pane: Pane = {
    start,
    end,
    accumulators: rule.measures.empty(),
    count: 0,
    newest: event.place,
    carried: undefined,
    evidence: [],
    spoken: -1,
    changed: true,
    saved: false,
  };
  state.panes.splice(at, 0, pane);
  turn.wakeAt(end);
  return pane;
}

/** on_match: speaks once a window, and again for a rise of severity (semantics.md 9). */
function judgeOpen(rule: AlignedRule, state: AlignedState, pane: Pane, event: Event, turn: Turn): void {
  rule.measures.read(pane.accumulators, event.place, turn.scope);
  const severity = rule.judge.judge(turn.scope, turn.undefinedCondition);
  if (severity === undefined || severityRank(severity) <= pane.spoken) return;
  const first = pane.spoken < 0;
  const occasion = first ? [pane.start] : [pane.start, severity];
  turn.signal({
    ...common(rule, pane, severity, turn),
    time: event.place.time,
    occasion,
    episode: first ? undefined : [pane.start],
    events: undefined,
    change: event.change,
  });
  pane.spoken = severityRank(severity);
  if (!rule.resolves) return;
  state.episodes = state.episodes.filter((open) => open.start !== pane.start);
  const carried = rule.carry(event.data, event.place.stream);
  state.episodes.push({ start: pane.start, occasion: [pane.start], severity, carried });
  state.changed = true;
}

/** Closes every window that ends at or before `now`, and passes over windows that no event entered, in order of time. */
function closeUpTo(rule: AlignedRule, state: AlignedState, now: Millis, turn: Turn): void {
  for (;;) {
    const pane = state.panes[0];
    const missed = missedEnd(rule, state);
    if (missed !== undefined && missed <= now && (pane === undefined || missed < pane.end)) {
      endRow(rule, state, missed, turn);
    } else if (pane !== undefined && pane.end <= now) {
      state.panes.shift();
      if (pane.saved) state.gone.push(pane.start);
      close(rule, state, pane, turn);
    } else return;
  }
}

/** End of the window after the last, when no event entered it: it breaks a row and ends an episode (semantics.md 8). */
function missedEnd(rule: AlignedRule, state: AlignedState): Millis | undefined {
  const { last } = state;
  if (last === undefined || (state.row === 0 && !state.episodes.some(({ start }) => start <= last))) return undefined;
  const next = rule.window.next(last);
  return state.panes.some((pane) => pane.start === next) ? undefined : rule.window.end(next);
}

function nextDue(rule: AlignedRule, state: AlignedState): Millis | undefined {
  const missed = missedEnd(rule, state);
  const end = state.panes[0]?.end;
  if (missed === undefined) return end;
  return end === undefined ? missed : Math.min(missed, end);
}

function close(rule: AlignedRule, state: AlignedState, pane: Pane, turn: Turn): void {
  if (rule.emit === "on_match") return closeSpoken(rule, state, pane, turn);
  showEvents(turn.scope, pane.carried);
  turn.scope.time = pane.end;
  rule.measures.read(pane.accumulators, pane.newest, turn.scope);
  const severity = rule.judge.judge(turn.scope, turn.undefinedCondition);
  if (rule.output === "record") return turn.signal(closing(rule, pane, severity ?? "info", undefined, turn));
  state.changed = true;
  if (severity === undefined) return lapse(rule, state, pane, turn);
  const follows = state.last !== undefined && rule.window.next(state.last) === pane.start;
  state.row = follows ? state.row + 1 : 1;
  state.last = pane.start;
  if (state.row < rule.row) return;
  const episode = state.episodes[0];
  turn.signal(closing(rule, pane, severity, episode?.occasion, turn));
  const occasion = episode?.occasion ?? [pane.start];
  state.episodes = [{ start: pane.start, occasion, severity, carried: pane.carried }];
}

/** A window whose condition does not hold: ends the row, and the episode unless `recover` must do that. */
function lapse(rule: AlignedRule, state: AlignedState, pane: Pane, turn: Turn): void {
  const goesOn = state.episodes.length > 0 && rule.recover !== undefined && rule.recover.test(turn.scope) !== true;
  state.row = 0;
  state.last = pane.start;
  if (goesOn) return;
  resolve(rule, state, pane.end, { start: pane.start, end: pane.end }, pane.carried, turn);
}

/** on_match: a window that never spoke resolves those before it; one that spoke goes on. */
function closeSpoken(rule: AlignedRule, state: AlignedState, pane: Pane, turn: Turn): void {
  if (!rule.resolves || state.episodes.length === 0) return;
  state.changed = true;
  state.last = pane.start;
  if (pane.spoken >= 0) return;
  showEvents(turn.scope, pane.carried);
  rule.measures.read(pane.accumulators, pane.newest, turn.scope);
  if (rule.recover !== undefined && rule.recover.test(turn.scope) !== true) return;
  resolve(rule, state, pane.end, { start: pane.start, end: pane.end }, pane.carried, turn);
}

/** The row's next window stayed empty: no window, no row, no episode. */
function endRow(rule: AlignedRule, state: AlignedState, end: Millis, turn: Turn): void {
  const start = state.last === undefined ? end : rule.window.next(state.last);
  turn.scope.values = [];
  resolve(rule, state, end, { start, end }, undefined, turn);
  state.row = 0;
  state.changed = true;
}

function resolve(
  rule: AlignedRule,
  state: AlignedState,
  time: Millis,
  window: { start: Millis; end: Millis },
  carried: CarriedEvents | undefined,
  turn: Turn,
): void {
  const ended = state.episodes.filter(({ start }) => start < window.start);
  state.episodes = state.episodes.filter(({ start }) => start >= window.start);
  if (!rule.resolves) return;
  for (const episode of ended) {
    turn.signal({
      output: "alert",
      status: "resolved",
      time,
      window,
      occasion: episode.occasion,
      episode: episode.occasion,
      severity: episode.severity,
      values: turn.scope.values.length === 0 ? {} : rule.measures.fields(turn.scope),
      ...(turn.scope.values.length === 0 ? {} : marked(rule.measures.names, rule.measures.approximate())),
      events: carried ?? episode.carried,
      scopeValues: [...turn.scope.values],
      evidence: [],
      evidenceTotal: 0,
    });
  }
}

function closing(
  rule: AlignedRule,
  pane: Pane,
  severity: Severity,
  episode: Occasion | undefined,
  turn: Turn,
): Signal {
  return {
    ...common(rule, pane, severity, turn),
    time: pane.end,
    occasion: [pane.start],
    episode,
    events: pane.carried ?? {},
  };
}

function common(rule: AlignedRule, pane: Pane, severity: Severity, turn: Turn) {
  return {
    output: rule.output,
    status: "firing" as const,
    window: { start: pane.start, end: pane.end },
    severity,
    values: rule.measures.fields(turn.scope),
    ...marked(rule.measures.names, rule.measures.approximate()),
    scopeValues: [...turn.scope.values],
    evidence: [...pane.evidence],
    evidenceTotal: pane.count,
  };
}

/** Head: row and episodes. Parts: one per open window, named by its start. */
function alignedCodec(rule: AlignedRule): StateCodec<AlignedState> {
  return {
    save(state, all, write) {
      const { row, last, episodes } = state;
      if (all || state.changed) write("", JSON.stringify({ row, last, episodes }));
      for (const start of state.gone) write(String(start), undefined);
      for (const pane of state.panes) {
        if (!all && !pane.changed) continue;
        write(String(pane.start), savePane(rule, pane));
        pane.changed = false;
        pane.saved = true;
      }
      state.changed = false;
      state.gone = [];
    },
    load(parts) {
      const head: Pick<AlignedState, "row" | "last" | "episodes"> = JSON.parse(parts.get("") ?? "{}");
      const state: AlignedState = { ...emptyState(), ...head, changed: false };
      for (const [part, text] of parts) if (part !== "") state.panes.push(loadPane(rule, text));
      state.panes.sort((a, b) => a.start - b.start);
      return state;
    },
  };
}

function savePane(rule: AlignedRule, pane: Pane): string {
  return JSON.stringify({ ...pane, changed: false, saved: true, accumulators: rule.measures.save(pane.accumulators) });
}

function loadPane(rule: AlignedRule, text: string): Pane {
  const saved: Saved<Pane> = JSON.parse(text);
  return { ...saved, accumulators: rule.measures.load(saved.accumulators) };
}
