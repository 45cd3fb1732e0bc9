/**
 * A scenario is everything that a run is made of: rules, log, settings, faults. It comes from a seed, and is plain enough
 * to be made smaller piece by piece.
 */
import * as fc from "fast-check";
import type { Fields } from "../../engine/model/value.ts";
import type { Millis } from "../../engine/model/time.ts";
import { filters } from "../reference/random_filter.ts";
import { joins } from "../reference/random_join.ts";
import { kpis } from "../reference/random_kpi.ts";
import type { Template } from "../reference/random_rule.ts";
import { scores } from "../reference/random_score.ts";
import { absences, sequences } from "../reference/random_sequence.ts";
import * as windows from "../reference/random_window.ts";
import { zscores } from "../reference/random_zscore.ts";
import type { StreamName } from "../reference/streams.ts";
import { Chance } from "./chance.ts";
import { type Fault, faultsOf, reloadsOf } from "./faults.ts";
import { logOf, type LogShape, type Partition, wideLog } from "./log.ts";

/**
 * `drain`: everything is there, and is read to its end. `catch up`: the same, live. `one feed`: one partition that grows.
 * `order free`: several that grow, and rules for which their interleaving decides nothing (product.md, promise 1).
 * `wide`: a drain in which thousands of keys are due at once.
 */
export type Mode = "drain" | "catch up" | "one feed" | "order free" | "wide";

export interface Settings {
  readonly every: Millis;
  readonly groupCommit: Millis;
  readonly maxDirty: number;
  readonly maxKeys: number;
  readonly queue: number;
  readonly outboxMax: number;
  readonly term: Millis;
  /** Processes that run at once: the second one stands by. */
  readonly processes: 1 | 2;
  /** Messages in a batch at most. */
  readonly batch: number;
  /** Messages that a source may hand over again. */
  readonly overlap: number;
  /** Milliseconds that looking at the clock takes: work costs time. */
  readonly cost: Millis;
  /** Milliseconds that a request, or an answer, takes at most. */
  readonly latency: Millis;
  /** Entries that a sink takes at once. */
  readonly sinkBatch: number;
  readonly isOne: boolean;
  /** Chance that a sink asks for another try. */
  readonly retries: number;
  /** Whether one of the sinks refuses some of what it is given. */
  readonly refuses: boolean;
}

export interface Scenario {
  readonly seed: number;
  readonly mode: Mode;
  readonly templates: readonly Template[];
  /** Rules over the alerts of the others. */
  readonly overAlerts: readonly Fields[];
  /** Whether reloads edit rules of their own (`edited.ts`), besides adding one. */
  readonly hasEdits: boolean;
  readonly log: readonly Partition[];
  readonly settings: Settings;
  readonly faults: readonly Fault[];
}

const kinds: fc.Arbitrary<Template> = fc.oneof(
  filters,
  joins,
  kpis,
  scores,
  absences,
  sequences,
  windows.alignedOnClose,
  windows.alignedOnMatch,
  windows.alignedRollup,
  windows.sessionRollup,
  windows.sessions,
  windows.slidingRules,
  zscores,
);

/**
 * Rules that say the same under every interleaving: they speak on close, look at one event, or wait for the watermark.
 * Sessions are not among them: whether a late event is within one depends on which events of other partitions came before.
 */
const orderFree: fc.Arbitrary<Template> = kinds.filter(({ raw, meaning }) => {
  if (raw.limit !== undefined || meaning.kind === "session") return false;
  if (raw.evaluate === "event_time" || meaning.kind === "filter" || meaning.kind === "absence") return true;
  return meaning.kind === "aligned" && raw.emit !== "on_match";
});

const overAlerts: readonly Fields[] = [
  {
    id: "counted",
    kind: "rollup",
    on: "alerts",
    key: "alert.rule",
    window: { tumbling: "5s" },
    aggregate: { n: "count()", worst: 'count(alert.severity == "critical")' },
    emit_to: "out",
  },
  {
    id: "often",
    kind: "threshold",
    on: "alerts",
    where: 'alert.rule != "often"',
    window: { sliding: "8s" },
    aggregate: { n: "count()" },
    when: "n >= 2",
    severity: { critical: "n >= 4", high: "true" },
    limit: { max: 2, every: "10s" },
  },
];

const wideRules: readonly Fields[] = [
  {
    id: "wide",
    kind: "threshold",
    on: "a",
    key: "a.k",
    window: { tumbling: "20s" },
    aggregate: { n: "count()" },
    when: "n >= 1",
    severity: "info",
  },
];

/** The scenario of a seed: always the same. */
export function scenarioOf(seed: number): Scenario {
  const chance = new Chance(seed);
  const mode: Mode = chance.is(0.02)
    ? "wide"
    : chance.of<Mode>(["drain", "drain", "catch up", "one feed", "order free"]);
  const settings = { ...settingsOf(chance.fork("settings"), mode), refuses: chance.fork("refuses").is(0.3) };
  const faults = faultsOf(chance.fork("faults"), chance.whole(1, 6), settings.term);
  const base = { seed, mode, settings, faults, hasEdits: false };
  if (mode === "wide") {
    const log = wideLog(chance.fork("log"), chance.whole(1_050, 2_300));
    return { ...base, log, templates: [], overAlerts: [...wideRules, ...overAlerts.slice(0, chance.whole(0, 1))] };
  }
  const pool = mode === "order free" ? orderFree : kinds;
  const templates = fc.sample(pool, { seed: chance.fork("rules").whole(0, 2 ** 31 - 1), numRuns: chance.whole(1, 4) });
  const over = mode !== "order free" && chance.is(0.4) ? overAlerts : [];
  const needsB = templates.some(({ meaning }) => meaning.rule.streams.includes("b"));
  const log = logOf(chance.fork("log"), shapeOf(chance.fork("shape"), mode, needsB));
  const scenario = { ...base, templates, overAlerts: over, log };
  return over.length === 0 && mode !== "order free" ? edited(scenario, chance.fork("edits")) : scenario;
}

/** Some scenarios have edits, and reloads for them; where the store is set back nobody could say under which plan. */
function edited(scenario: Scenario, chance: Chance): Scenario {
  if (chance.is(0.6)) return scenario;
  const faults = scenario.faults.filter(({ harm }) => harm.is !== "set back");
  return { ...scenario, hasEdits: true, faults: [...faults, ...reloadsOf(chance, chance.whole(1, 3))] };
}

function shapeOf(chance: Chance, mode: Mode, needsB: boolean): LogShape {
  const isFree = mode === "order free";
  const both = chance.of<readonly StreamName[]>(needsB ? [["a", "b"], ["b", "a"]] : [["a"], ["a", "b"]]);
  return {
    // Where two streams end, a drain lets go of the first to end at once, and a live run only when it is stopped.
    streams: mode === "drain" || isFree ? both : ["a"],
    partitions: mode === "one feed" ? 1 : chance.whole(1, 3),
    messages: chance.of([6, 12, 20, 40, 80]),
    keys: chance.of([1, 2, 6]),
    adds: isFree && chance.is(0.3),
    isMute: isFree && chance.is(0.3),
    pace: isFree || mode === "one feed" ? chance.of([1, 5, 20]) : 0,
  };
}

function settingsOf(chance: Chance, mode: Mode): Omit<Settings, "refuses"> {
  const isWide = mode === "wide";
  return {
    every: chance.of([1, 5, 20, 100]),
    groupCommit: chance.of([0, 2, 10]),
    maxDirty: isWide ? chance.of([300, 900, 5_000]) : chance.of([1, 3, 10, 5_000]),
    maxKeys: isWide ? chance.of([10, 1_000, 1_000_000]) : chance.of([0, 1, 3, 1_000]),
    queue: isWide ? 5_000 : chance.of([1, 2, 10, 1_000]),
    outboxMax: isWide ? 100_000 : chance.of([3, 50, 100_000]),
    term: chance.of([200, 1_000]),
    processes: chance.of([1, 1, 2]),
    batch: isWide ? 500 : chance.of([1, 3, 10, 100]),
    overlap: chance.of([0, 0, 3]),
    cost: chance.of([0, 0, 0.05, 5]),
    latency: chance.of([0, 1, 5, 30]),
    sinkBatch: isWide ? 500 : chance.of([1, 2, 10, 100]),
    isOne: chance.is(0.7),
    retries: chance.of([0, 0, 0.1, 0.4]),
  };
}
