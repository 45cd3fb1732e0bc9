/**
 * zscore (language.md §3, semantics 25): first judge, then teach. All that a key was taught is kept as a list and read
 * again for every value; moments are computed in two passes over it.
 */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Value } from "../../engine/model/value.ts";
import type { Reader } from "./aggregates.ts";
import type { Log } from "./log.ts";
import { byKey, isRise, type RuleMeaning, type Signal, type Taken, taken } from "./rule.ts";

export interface ZscoreMeaning extends RuleMeaning {
  readonly value: Reader;
  readonly transform: "none" | "sqrt" | "log";
  readonly smooth?: Millis;
  readonly window: Millis;
  readonly resolution: Millis;
  readonly minSamples: number;
  readonly minSpread?: number;
  readonly method: "standard" | "robust" | { readonly halfLife: Millis };
  readonly seasonality?: { readonly period: Millis; readonly slots: number };
  readonly direction: "both" | "above" | "below";
  /** From the mildest to the worst. */
  readonly levels: readonly (readonly [Severity, number])[];
  readonly margin?: number;
  readonly excludeOutliers: boolean;
}

/** A value that came before: raw, as it was judged, and whether it taught the baseline. */
interface Sample {
  readonly time: Millis;
  readonly v: number;
  readonly x: number;
  readonly y: number;
  readonly taught: boolean;
}

interface Verdict {
  readonly severity: Severity | undefined;
  readonly values: { readonly [name: string]: Value | undefined };
}

export function zscore(log: Log, rule: ZscoreMeaning): readonly Signal[] {
  return byKey(taken(log, rule)).flatMap((entries) => {
    const signals: Signal[] = [];
    let past: readonly Sample[] = [];
    let episode: readonly Signal[] = [];
    for (const entry of entries) {
      const { event } = entry;
      const v = rule.value(event);
      if (typeof v !== "number") continue;
      // State is there while the event's own watermark is before the key's newest event + the baseline (semantics 12).
      const newest = Math.max(...past.map(({ time }) => time));
      if (event.watermark >= newest + rule.window) [past, episode] = [[], []];
      const x = transform(rule, v);
      const y = smoothed(rule, event.time, x, past);
      const verdict = judge(rule, event.time, { v, y }, past.filter(({ taught }) => taught));
      const said = speak(rule, entry, verdict, episode);
      signals.push(...said.signals);
      episode = said.episode;
      const isTop = verdict.severity !== undefined && verdict.severity === rule.levels.at(-1)?.[0];
      past = [...past, { time: event.time, v, x, y, taught: !(rule.excludeOutliers && isTop) }];
    }
    return signals;
  });
}

/** Signed: sign(v)·√|v|, sign(v)·ln(1 + |v|). */
function transform(rule: ZscoreMeaning, v: number): number {
  if (rule.transform === "none") return v;
  return Math.sign(v) * (rule.transform === "sqrt" ? Math.sqrt(Math.abs(v)) : Math.log(1 + Math.abs(v)));
}

/**
 * The mean of the key's values in the buckets, a twelfth of the length each, that start after t − length, up to t's. What
 * lies two lengths behind the newest value is forgotten.
 */
function smoothed({ smooth }: ZscoreMeaning, time: Millis, x: number, past: readonly Sample[]): number {
  if (smooth === undefined) return x;
  const length = smooth / 12;
  const startOf = (at: Millis) => Math.floor(at / length) * length;
  const kept = Math.max(time, ...past.map((one) => one.time)) - 2 * smooth;
  const inside = past.filter(({ time: at }) => startOf(at) > Math.max(time - smooth, kept) && startOf(at) <= time);
  return mean([...inside.map((one) => one.x), x]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function judge(
  rule: ZscoreMeaning,
  time: Millis,
  { v, y }: { v: number; y: number },
  past: readonly Sample[],
): Verdict {
  const slot = past.filter((one) => slotOf(rule, one.time) === slotOf(rule, time));
  const moments = momentsOf(rule, time, slot);
  const z = moments && scoreOf(rule, y, moments);
  const signed = z === undefined
    ? -Infinity
    : rule.direction === "both"
    ? Math.abs(z)
    : rule.direction === "above"
    ? z
    : -z;
  const excess = excessOf(rule, v, inWindow(rule, time, past));
  const isExtreme = rule.margin !== undefined && excess !== undefined && excess >= rule.margin;
  const reached = rule.levels.filter(([, level]) => signed >= level).at(-1)?.[0];
  return {
    severity: isExtreme ? rule.levels.at(-1)?.[0] : reached,
    values: {
      value: v,
      mean: moments?.mean,
      stddev: moments && Math.max(moments.spread, rule.minSpread ?? 0),
      zscore: z,
      ...(rule.margin !== undefined && { excess }),
    },
  };
}

function slotOf({ seasonality }: ZscoreMeaning, time: Millis): number {
  if (seasonality === undefined) return 0;
  return Math.floor((time % seasonality.period) / seasonality.period * seasonality.slots);
}

/** A bucket is in the baseline of an event at t when it starts at or after that of t − window. */
function inWindow({ window, resolution }: ZscoreMeaning, time: Millis, past: readonly Sample[]): readonly Sample[] {
  return past.filter((one) => Math.floor(one.time / resolution) >= Math.floor((time - window) / resolution));
}

interface Moments {
  readonly mean: number;
  readonly spread: number;
}

/** Mean and spread of the slot, once it has `min_samples`. */
function momentsOf(rule: ZscoreMeaning, time: Millis, slot: readonly Sample[]): Moments | undefined {
  if (typeof rule.method === "object") return decayed(rule, rule.method.halfLife, time, slot);
  const values = inWindow(rule, time, slot).map(({ y }) => y);
  if (values.length < rule.minSamples) return undefined;
  if (rule.method === "robust") {
    const center = median(values);
    return { mean: center, spread: 1.4826 * median(values.map((value) => Math.abs(value - center))) };
  }
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return { mean: center, spread: Math.sqrt(squares / (values.length - 1)) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}

/** ewma, replayed from the first value of the slot: decay by the time since, then add. */
function decayed(rule: ZscoreMeaning, halfLife: Millis, time: Millis, slot: readonly Sample[]): Moments | undefined {
  let state = { w: 0, s: 0, mean: 0, last: -Infinity };
  const at = (t: Millis) => {
    const factor = state.last === -Infinity ? 1 : 2 ** (-Math.max(0, t - state.last) / halfLife);
    return { ...state, w: state.w * factor, s: state.s * factor };
  };
  for (const { time: t, y } of slot) {
    const { w, s, mean, last } = at(t);
    const d = y - mean;
    const next = mean + d / (w + 1);
    state = { w: w + 1, s: s + d * (y - next), mean: next, last: Math.max(last, t) };
  }
  const { w, s, mean } = at(time);
  return slot.length < rule.minSamples ? undefined : { mean, spread: Math.sqrt(s / w) };
}

/** A spread of at most 1e-9·|mean| gives no score, unless `min_spread` makes it greater. */
function scoreOf({ minSpread }: ZscoreMeaning, y: number, { mean, spread }: Moments): number | undefined {
  const wide = Math.max(spread, minSpread ?? 0);
  return wide <= 1e-9 * Math.abs(mean) || !(wide > 0) ? undefined : (y - mean) / wide;
}

/** How far a raw value lies beyond everything in the window, as a share of its range. */
function excessOf({ minSamples }: ZscoreMeaning, v: number, window: readonly Sample[]): number | undefined {
  const [low, high] = [Math.min(...window.map((one) => one.v)), Math.max(...window.map((one) => one.v))];
  return window.length < minSamples || !(high > low) ? undefined : Math.max(v - high, low - v) / (high - low);
}

/** An episode ends at a value that reaches no level; within it each rise speaks once. */
function speak(
  rule: ZscoreMeaning,
  { event, key, moment }: Taken,
  { severity, values }: Verdict,
  episode: readonly Signal[],
) {
  const common = { output: "alert", window: null, time: event.time, key, events: [event] } as const;
  const said = { moment, due: -Infinity };
  const [first] = episode;
  const name = first?.episode ?? String(event.arrival);
  if (severity === undefined) {
    const ended = { ...common, status: "resolved", values, said, episode: name } as const;
    // What ends an episode has the severity that was said last.
    const last = episode.at(-1);
    const signals: readonly Signal[] = last && rule.notifyResolved ? [{ ...ended, severity: last.severity }] : [];
    return { episode: [], signals };
  }
  if (!isRise(severity, episode.map((one) => one.severity))) return { episode, signals: [] };
  const signal: Signal = { ...common, status: "firing", severity, values, said, episode: name };
  return { episode: [...episode, signal], signals: [signal] };
}
