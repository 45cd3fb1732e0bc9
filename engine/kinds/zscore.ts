/**
 * zscore: a value against its own past (language.md §3, semantics.md 25). Per event: transform, smooth, judge against the
 * baseline, then teach it. What the baseline is (moments, robust, decaying) is a file of its own.
 */
import type { Expression } from "../conditions/expression.ts";
import { severities, type Severity, severityRank } from "../model/alert.ts";
import type { Event } from "../model/event.ts";
import type { Operator, StateCodec, Turn } from "../model/operator.ts";
import { kindProblems } from "../model/problems/kinds.ts";
import type { Millis } from "../model/time.ts";
import { numberType } from "../model/type.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { type Baseline, baselineSchemas, compileBaseline } from "../operators/baseline.ts";
import { type Extremes, extremesOver } from "../operators/extremes.ts";
import { type Smoother, smootherOver } from "../operators/smoothing.ts";
import type { CompiledRule, Kind, RuleCompiler } from "./kind.ts";

/** A severity and the score from which it holds. */
interface Level {
  readonly severity: Severity;
  readonly from: number;
}

interface ZscoreRule {
  readonly value: Expression;
  readonly transform: (value: number) => number;
  readonly smoother: Smoother | undefined;
  readonly baseline: Baseline;
  /** How long the state of a key matters after its newest event. */
  readonly window: Millis;
  readonly direction: "both" | "above" | "below";
  /** From mild to severe. */
  readonly levels: readonly Level[];
  readonly extremes: { readonly over: Extremes; readonly margin: number } | undefined;
  readonly excludeOutliers: boolean;
  readonly resolves: boolean;
}

interface ZscoreState {
  newest: Millis;
  smoothing: unknown;
  baseline: unknown;
  extremes: unknown;
  episode: { readonly began: Millis; readonly spoken: number; readonly severity: Severity } | undefined;
}

/** What the judgement of one value found. */
interface Judgement {
  readonly mean: number | null;
  readonly stddev: number | null;
  readonly zscore: number | null;
  readonly excess: number | null;
  readonly level: Level | undefined;
}

function zscoreOperator(rule: ZscoreRule): Operator<ZscoreState> {
  return {
    codec: codecOf(rule),
    step(given, event, turn) {
      const { time } = event.place;
      const value = rule.value.evaluate(turn.scope);
      if (typeof value !== "number") {
        turn.undefinedCondition();
        return given;
      }
      const gone = given === undefined || event.watermark >= given.newest + rule.window;
      const state = gone ? emptyState(rule, time) : given;
      if (time > state.newest) state.newest = time;
      const x = rule.transform(value);
      const y = rule.smoother?.mean(state.smoothing, x, time, state.newest) ?? x;
      const judgement = judge(rule, state, value, y, time);
      speak(rule, state, value, judgement, event, turn);
      const top = rule.levels[rule.levels.length - 1];
      if (!rule.excludeOutliers || judgement.level !== top || top === undefined) {
        rule.baseline.teach(state.baseline, y, time, state.newest);
        rule.extremes?.over.teach(state.extremes, value, time, state.newest);
      }
      turn.wakeAt(state.newest + rule.window);
      return state;
    },
    wake(state, now, turn) {
      const due = state.newest + rule.window;
      if (now >= due && turn.floor() >= due) return undefined;
      turn.wakeAt(now >= due ? now + rule.window : due);
      return state;
    },
  };
}

function emptyState(rule: ZscoreRule, newest: Millis): ZscoreState {
  return {
    newest,
    smoothing: rule.smoother?.empty(),
    baseline: rule.baseline.empty(),
    extremes: rule.extremes?.over.empty(),
    episode: undefined,
  };
}

function judge(rule: ZscoreRule, state: ZscoreState, value: number, y: number, time: Millis): Judgement {
  const past = rule.baseline.past(state.baseline, time);
  const zscore = past?.scores === true ? (y - past.mean) / past.spread : null;
  const excess = rule.extremes === undefined ? null : rule.extremes.over.excess(state.extremes, value, time) ?? null;
  return {
    mean: past?.mean ?? null,
    stddev: past?.spread ?? null,
    zscore,
    excess,
    level: levelOf(rule, zscore, excess),
  };
}

/** A level is reached at ≥; an extreme counts as the top level. */
function levelOf(rule: ZscoreRule, zscore: number | null, excess: number | null): Level | undefined {
  const top = rule.levels[rule.levels.length - 1];
  if (excess !== null && rule.extremes !== undefined && excess >= rule.extremes.margin) return top;
  if (zscore === null) return undefined;
  const distance = { both: Math.abs(zscore), above: zscore, below: -zscore }[rule.direction];
  let reached: Level | undefined;
  for (const level of rule.levels) if (distance >= level.from) reached = level;
  return reached;
}

/** One alert per episode and level: a rise to a higher level speaks again. */
function speak(
  rule: ZscoreRule,
  state: ZscoreState,
  value: number,
  judgement: Judgement,
  event: Event,
  turn: Turn,
): void {
  const { episode } = state;
  const { level } = judgement;
  if (level === undefined) {
    state.episode = undefined;
    if (episode === undefined || !rule.resolves) return;
    turn.signal({
      ...saying(rule, value, judgement, event),
      status: "resolved",
      occasion: [episode.began],
      episode: [episode.began],
      severity: episode.severity,
    });
    return;
  }
  const rank = severityRank(level.severity);
  if (episode !== undefined && rank <= episode.spoken) return;
  const began = episode?.began ?? event.place.time;
  state.episode = { began, spoken: rank, severity: level.severity };
  turn.signal({
    ...saying(rule, value, judgement, event),
    status: "firing",
    occasion: episode === undefined ? [began] : [began, level.severity],
    episode: episode === undefined ? undefined : [began],
    severity: level.severity,
  });
}

function saying(rule: ZscoreRule, value: number, { mean, stddev, zscore, excess }: Judgement, event: Event) {
  const values: Fields = { value, mean, stddev, zscore, ...(rule.extremes === undefined ? {} : { excess }) };
  return {
    output: "alert" as const,
    time: event.place.time,
    window: null,
    values,
    events: undefined,
    change: event.change,
    scopeValues: [value, mean ?? undefined, stddev ?? undefined, zscore ?? undefined, excess ?? undefined],
    evidence: [event.place],
    evidenceTotal: 1,
  };
}

type Head = readonly [newest: Millis, smoothing: Value, episode: NonNullable<ZscoreState["episode"]> | null];

/** Version of what the codec writes: state of another one is not read, the rule begins anew. */
const savedAs = 2;

/** Head: newest time, episode and the smoothing's few buckets. Parts: those of baseline (b) and extremes (e). */
function codecOf(rule: ZscoreRule): StateCodec<ZscoreState> {
  const partsOf = (parts: ReadonlyMap<string, string>, prefix: string) =>
    [...parts].filter(([part]) => part.startsWith(prefix)).map(([part, text]) => [part.slice(1), text] as const);
  return {
    save(state, all, write) {
      const { newest, episode } = state;
      write("", JSON.stringify([newest, rule.smoother?.save(state.smoothing) ?? null, episode ?? null]));
      rule.baseline.save(state.baseline, all, (part, text) => write(`b${part}`, text));
      rule.extremes?.over.save(state.extremes, all, (part, text) => write(`e${part}`, text));
    },
    load(parts) {
      const [newest, smoothing, episode]: Head = JSON.parse(parts.get("") ?? "[0,null,null]");
      return {
        newest,
        smoothing: rule.smoother?.load(smoothing),
        episode: episode ?? undefined,
        baseline: rule.baseline.load(partsOf(parts, "b")),
        extremes: rule.extremes?.over.load(partsOf(parts, "e")),
      };
    },
  };
}

/** Signed: sign(v)·sqrt|v| and sign(v)·ln(1 + |v|). */
const transforms = {
  none: (value: number) => value,
  sqrt: (value: number) => Math.sign(value) * Math.sqrt(Math.abs(value)),
  log: (value: number) => Math.sign(value) * Math.log1p(Math.abs(value)),
} satisfies Record<string, (value: number) => number>;

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const admitted = rule.inputs();
  if (admitted === undefined) return undefined;
  const words = rule.vocabulary(admitted.inputs.map((input) => input.stream));
  const value = rule.expression(["value"], words, ["number"]);
  const compiled = compileBaseline(rule);
  if (value === undefined || compiled === undefined) return undefined;
  const { baseline, window, resolution, minSamples } = compiled;
  const smooth = rule.duration(["smooth"]);
  if (smooth !== undefined && smooth >= window) {
    const facts = { smooth: String(rule.raw.smooth), window: String(rule.at(["baseline", "window"])) };
    rule.report(kindProblems.badSmoothing, ["smooth"], facts);
    return undefined;
  }
  const levels = levelsOf(rule);
  if (levels === undefined) return undefined;
  const margin = rule.at(["extremes", "margin"]);
  const transform = Object.entries(transforms).find(([name]) => name === rule.raw.transform)?.[1] ?? transforms.none;
  const number = { type: numberType, optional: true };
  const names = ["value", "mean", "stddev", "zscore", "excess"];
  return {
    ...admitted,
    operator: zscoreOperator({
      value,
      transform,
      smoother: smooth === undefined ? undefined : smootherOver(smooth),
      baseline,
      window,
      direction: (["both", "above", "below"] as const).find((one) => one === rule.raw.direction) ?? "both",
      levels,
      extremes: typeof margin === "number"
        ? { over: extremesOver({ window, resolution, minSamples }), margin }
        : undefined,
      excludeOutliers: rule.raw.exclude_outliers === true,
      resolves: rule.raw.notify_resolved === true,
    }),
    signature: [
      value.canonical,
      rule.raw.transform ?? "none",
      smooth ?? null,
      rule.raw.baseline ?? null,
      rule.raw.method ?? null,
      rule.raw.seasonality ?? null,
      typeof margin === "number",
      savedAs,
    ],
    horizon: window,
    speaks: { alerts: true, records: false },
    vocabulary: { ...words, values: Object.fromEntries(names.map((name, index) => [name, { ...number, index }])) },
    onArrival: true,
    stateless: false,
  };
}

/** Levels from mild to severe; undefined, reported, when a milder one would never be told. */
function levelsOf(rule: RuleCompiler): readonly Level[] | undefined {
  const { raw } = rule;
  const given = isFields(raw.levels) ? raw.levels : {};
  const levels = severities.map((severity) => ({ severity, from: given[severity] }))
    .filter((level): level is Level => typeof level.from === "number");
  const hidden = levels.findIndex((level, i) => level.from >= (levels[i + 1]?.from ?? Infinity));
  const [milder, worse] = [levels[hidden], levels[hidden + 1]];
  if (milder === undefined || worse === undefined) return levels;
  const facts = { milder: milder.severity, worse: worse.severity };
  rule.report(kindProblems.levelsOutOfOrder, ["levels", milder.severity], facts);
  return undefined;
}

export const zscore: Kind = {
  name: "zscore",
  summary: "A value against its own past: alerts when it lies too many spreads away.",
  properties: {
    value: { type: ["string", "number"], description: "The number to judge: an expression of the event." },
    transform: { enum: Object.keys(transforms), description: "Applied to the value first; signed. Default: none." },
    smooth: { type: "string", format: "duration", description: "Judge the mean of the key's values over this time." },
    ...baselineSchemas,
    direction: { enum: ["both", "above", "below"], description: "Which side of the mean counts. Default: both." },
    levels: {
      type: "object",
      minProperties: 1,
      additionalProperties: false,
      description: "Severity → score from which it holds (≥), such as `{ warning: 3, critical: 5 }`.",
      properties: Object.fromEntries(severities.map((severity) => [severity, { type: "number", exclusiveMinimum: 0 }])),
    },
    extremes: {
      type: "object",
      required: ["margin"],
      additionalProperties: false,
      description: "Also the top level when the value lies beyond everything in the baseline window.",
      properties: {
        margin: { type: "number", minimum: 0, description: "How far beyond, as a share of the window's range." },
      },
    },
    exclude_outliers: {
      type: "boolean",
      description: "Values at the top level do not teach the baseline: a level shift is then never learnt.",
    },
  },
  required: ["on", "key", "value", "baseline", "levels"],
  refuses: ["when", "criteria", "severity", "emit_to", "record"],
  example: {
    pack: `pack: example
rules:
  - id: sensor-anomaly
    title: A sensor reads unlike itself
    kind: zscore
    on: sensor_readings
    key: reading.sensor_id
    value: reading.value
    baseline: { window: 24h, resolution: 5m, min_samples: 4 }
    levels: { warning: 2.5, critical: 3.5 }
`,
    test: `pack: example
start: 2026-01-05T10:00:00Z
defaults:
  sensor_readings: { machine_id: m1, factory: f1, type: temperature }
tests:
  - name: a jump after four steady values is critical
    given:
      - { at: 0s, sensor_readings: { sensor_id: s1, value: 10 } }
      - { at: 1s, sensor_readings: { sensor_id: s1, value: 12 } }
      - { at: 2s, sensor_readings: { sensor_id: s1, value: 10 } }
      - { at: 3s, sensor_readings: { sensor_id: s1, value: 12 } }
      - { at: 4s, sensor_readings: { sensor_id: s1, value: 20 } }
    expect:
      - { at: 4s, rule: sensor-anomaly, severity: critical, values: { value: 20, mean: 11 } }
`,
  },
  compile,
};
