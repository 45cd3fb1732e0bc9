/**
 * Features of a score: aggregates over sliding windows of the key, and expressions of the event and the features above.
 * Windows end at the key's newest event; the current event counts in its own features, even when it is older.
 */
import type { Vocabulary } from "../conditions/expression.ts";
import type { RuleCompiler } from "../kinds/kind.ts";
import type { Stream } from "../model/contract.ts";
import type { Operator, Signal, StateCodec } from "../model/operator.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import type { Millis } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { createWindow } from "../windows/mod.ts";
import type { SlidingWindow } from "../windows/window.ts";
import { buildMeasures, type Derived, type Leaf, marked, type Measures } from "./measures.ts";
import { MeasureReader } from "./measures_of_rule.ts";
import { type SlidingStore, storeOf } from "./sliding_store.ts";
import { reportWindow, warnLongSliding } from "./window_of_rule.ts";

export interface Features {
  readonly vocabulary: Vocabulary["values"];
  /** Keeps the windows: `step` takes an event in and fills `scope.values` with all features. */
  readonly keeper: Operator;
  /** Features of the last step by name, null where they have no value; and a copy by index. */
  readonly fields: () => Fields;
  readonly values: () => readonly (Value | undefined)[];
  /** The mark of what is not exact among them. */
  readonly mark: () => Pick<Signal, "approximate">;
  readonly signature: Value;
  /** Length of the longest window. */
  readonly horizon: Millis;
}

/** The features of one window, and where their content is kept. */
interface Group {
  readonly size: Millis;
  readonly store: SlidingStore;
}

interface FeatureState {
  newest: Millis;
  contents: unknown[];
}

interface Reading {
  readonly leaves: Map<string, { readonly window: SlidingWindow; readonly leaves: Leaf[] }>;
  readonly derived: Derived[];
  readonly vocabulary: Record<string, Vocabulary["values"][string]>;
  readonly signature: Record<string, Value>;
}

/** The features of a rule; undefined when one has a problem. */
export function compileFeatures(rule: RuleCompiler, streams: readonly Stream[]): Features | undefined {
  const raw = rule.raw.features;
  const entries = isFields(raw) ? Object.entries(raw) : [];
  const reading: Reading = { leaves: new Map(), derived: [], vocabulary: {}, signature: {} };
  const sound = entries.map(([name, spec], index) => readFeature(rule, streams, reading, name, spec, index));
  if (sound.includes(false)) return undefined;
  const buffer: (Value | undefined)[] = entries.map(() => undefined);
  const names = entries.map(([name]) => name);
  const all: Measures[] = [];
  const groups = [...reading.leaves.values()].map(({ window, leaves }) => {
    const measures = buildMeasures([], leaves, [], {}, null, buffer);
    all.push(measures);
    return { size: window.size, store: storeOf(window, measures) };
  });
  return {
    vocabulary: reading.vocabulary,
    keeper: keeperOf(groups, reading.derived, buffer),
    fields: () => Object.fromEntries(names.map((name, i) => [name, buffer[i] ?? null])),
    values: () => [...buffer],
    mark: () => marked(names, all.flatMap((measures) => measures.approximate()).sort((a, b) => a - b)),
    signature: reading.signature,
    horizon: Math.max(0, ...groups.map((group) => group.size)),
  };
}

/** Reads one feature; false, reported, when it has a problem. */
function readFeature(
  rule: RuleCompiler,
  streams: readonly Stream[],
  reading: Reading,
  name: string,
  spec: Value,
  index: number,
): boolean {
  const windowed = isFields(spec) && spec.window !== undefined;
  const window = windowed ? windowOf(rule, ["features", name, "window"], spec.window) : undefined;
  if (windowed && window === undefined) return false;
  const value = isFields(spec) ? spec.value ?? null : spec;
  const path = isFields(spec) ? ["features", name, "value"] : ["features", name];
  const reader = new MeasureReader(rule, streams, window?.resolution === undefined);
  const measure = reader.read(name, value, path, index, { ...reading.vocabulary });
  if (measure === undefined) return false;
  if (window !== undefined && measure.leaf === undefined) {
    const help = "write an aggregate such as `count()`, or remove `window`";
    rule.report(ruleProblems.badAggregate, path, { name, wrong: "a feature with a window is an aggregate", help });
    return false;
  }
  if (window === undefined && measure.leaf !== undefined) {
    const help = "write it as `{ window: { sliding: 1h }, value: … }`";
    rule.report(ruleProblems.badAggregate, path, { name, wrong: "an aggregate needs a window", help });
    return false;
  }
  if (measure.derived !== undefined) reading.derived.push(measure.derived);
  if (measure.leaf !== undefined && window !== undefined) {
    const group = JSON.stringify(window);
    const known = reading.leaves.get(group) ?? { window, leaves: [] };
    known.leaves.push(measure.leaf);
    reading.leaves.set(group, known);
    reading.signature[name] = [group, measure.canonical];
  }
  reading.vocabulary[name] = { index, type: measure.type, optional: measure.optional };
  return true;
}

function windowOf(rule: RuleCompiler, path: string[], raw: Value | undefined): SlidingWindow | undefined {
  const window = isFields(raw) ? createWindow(raw) : undefined;
  if (window === undefined) return undefined;
  if ("wrong" in window) {
    reportWindow(rule, path, window);
    return undefined;
  }
  if (window.shape === "sliding") {
    warnLongSliding(rule, path, window);
    return window;
  }
  const help = "use `window: { sliding: 1h }`";
  rule.report(ruleProblems.badWindow, path, { wrong: "Cannot use this window for a feature: it does not slide", help });
  return undefined;
}

function keeperOf(groups: readonly Group[], derived: readonly Derived[], buffer: (Value | undefined)[]): Operator {
  const longest = Math.max(0, ...groups.map((group) => group.size));
  const keeper: Operator<FeatureState> = {
    codec: codecOf(groups),
    step(given, event, turn) {
      const { time } = event.place;
      const gone = given === undefined || event.watermark >= given.newest + longest;
      const state = gone ? { newest: time, contents: groups.map(({ store }) => store.empty()) } : given;
      const { newest } = state;
      if (time > newest) state.newest = time;
      for (let i = 0; i < groups.length; i++) {
        const { size, store } = groups[i]!;
        if (event.watermark >= newest + size) state.contents[i] = store.empty();
        const content = state.contents[i];
        if (store.enter(content, event, state.newest, turn.scope)) store.read(content, event.place, turn.scope);
        else store.readWith(content, event, turn.scope);
      }
      turn.scope.values = buffer;
      for (const feature of derived) buffer[feature.index] = feature.expression.evaluate(turn.scope);
      if (longest === 0) return undefined;
      turn.wakeAt(state.newest + longest);
      return state;
    },
    wake(state, now, turn) {
      const due = state.newest + longest;
      if (now >= due && turn.floor() >= due) return undefined;
      turn.wakeAt(now >= due ? now + longest : due);
      return state;
    },
  };
  return keeper;
}

/** Head: newest time. Parts: those of each group, behind its number. */
function codecOf(groups: readonly Group[]): StateCodec<FeatureState> {
  return {
    save(state, all, write) {
      write("", JSON.stringify({ newest: state.newest }));
      for (const [i, group] of groups.entries()) {
        group.store.save(state.contents[i], all, (part, text) => write(`${i}:${part}`, text));
      }
    },
    load(parts) {
      const head: { newest: Millis } = JSON.parse(parts.get("") ?? "{}");
      const partsOf = (i: number) =>
        [...parts].filter(([part]) => part.startsWith(`${i}:`)).map(([part, text]) =>
          [part.slice(String(i).length + 1), text] as const
        );
      return { newest: head.newest, contents: groups.map((group, i) => group.store.load(partsOf(i), head.newest)) };
    },
  };
}
