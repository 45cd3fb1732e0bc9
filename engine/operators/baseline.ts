/** The baseline of a zscore rule: what a key's values were like before. Methods are files of their own, listed here. */
import type { RuleCompiler } from "../kinds/kind.ts";
import { kindProblems } from "../model/problems/kinds.ts";
import type { Millis } from "../model/time.ts";
import { isFields } from "../model/value.ts";
import { parseDuration } from "../model/time.ts";
import { ewmaBaseline } from "./baseline_ewma.ts";
import { robustBaseline } from "./baseline_robust.ts";
import { standardBaseline } from "./baseline_standard.ts";

/** Centre and spread of the past of an event. */
export interface Past {
  readonly mean: number;
  readonly spread: number;
  /** False when the spread is too small to divide by. */
  readonly scores: boolean;
}

export interface Baseline<S = unknown> {
  empty(): S;
  /** What an event at a time is judged against; undefined while there are too few samples. */
  past(state: S, time: Millis): Past | undefined;
  /** Adds a value that has been judged; `newest` is the key's newest event time. */
  teach(state: S, value: number, time: Millis, newest: Millis): void;
  save(state: S, all: boolean, write: (part: string, text: string | undefined) => void): void;
  load(parts: readonly (readonly [string, string])[]): S;
}

/** What every method needs to know. */
export interface BaselineOptions {
  readonly window: Millis;
  readonly resolution: Millis;
  readonly minSamples: number;
  readonly minSpread: number;
  /** Slot of a time; always 0 without seasonality. */
  readonly slotOf: (time: Millis) => number;
  readonly slots: number;
}

/** A spread at or below this share of the mean gives no score. */
const leastSpread = 1e-9;

/** The past that a mean and spread make. */
export function pastOf(mean: number, spread: number, minSpread: number): Past {
  const widened = Math.max(spread, minSpread);
  return { mean, spread: widened, scores: widened > leastSpread * Math.abs(mean) };
}

/** JSON Schema of the properties that describe a baseline. */
export const baselineSchemas = {
  baseline: {
    type: "object",
    required: ["window"],
    additionalProperties: false,
    description: "How far back a key's past reaches, in which steps, and how many samples it needs, such as " +
      "`{ window: 24h, resolution: 5m, min_samples: 30 }`.",
    properties: {
      window: { type: "string", format: "duration", description: "How far back the past reaches." },
      resolution: { type: "string", format: "duration", description: "Length of its buckets. Default: window / 288." },
      min_samples: {
        type: "integer",
        minimum: 1,
        description: "Values needed before anything is judged. Default: 30.",
      },
      min_spread: { type: "number", minimum: 0, description: "The spread is at least this. Default: 0." },
    },
  },
  method: {
    description: "Mean and sample standard deviation, median and MAD × 1.4826, or decaying moments. Default: standard.",
    anyOf: [{ enum: ["standard", "robust"] }, {
      type: "object",
      required: ["ewma"],
      additionalProperties: false,
      properties: {
        ewma: {
          type: "object",
          required: ["half_life"],
          additionalProperties: false,
          properties: { half_life: { type: "string", format: "duration" } },
        },
      },
    }],
  },
  seasonality: {
    type: "object",
    required: ["period", "slots"],
    additionalProperties: false,
    description: "Own mean and own spread per slot of a period.",
    properties: {
      period: { type: "string", format: "duration" },
      slots: { type: "integer", minimum: 2, maximum: 1000 },
    },
  },
} as const;

/** Buckets that a baseline has unless it says so. */
const defaultBuckets = 288;

/** The baseline of a rule; undefined, reported, when its sizes do not go together. */
export function compileBaseline(
  rule: RuleCompiler,
): { baseline: Baseline; window: Millis; resolution: Millis; minSamples: number } | undefined {
  const raw = rule.raw.baseline;
  const window = rule.duration(["baseline", "window"]);
  if (!isFields(raw) || window === undefined) return undefined;
  const resolution = rule.duration(["baseline", "resolution"]) ?? Math.max(1, Math.round(window / defaultBuckets));
  if (resolution > window) {
    const facts = { resolution: String(raw.resolution), window: String(raw.window) };
    rule.report(kindProblems.longBuckets, ["baseline", "resolution"], facts);
    return undefined;
  }
  const minSamples = typeof raw.min_samples === "number" ? raw.min_samples : 30;
  const minSpread = typeof raw.min_spread === "number" ? raw.min_spread : 0;
  const options = { window, resolution, minSamples, minSpread, ...seasonOf(rule) };
  return { baseline: methodOf(rule, options), window, resolution, minSamples };
}

/** Slot of a time: floor((t mod period) / period · slots). */
function seasonOf(rule: RuleCompiler): Pick<BaselineOptions, "slotOf" | "slots"> {
  const period = rule.duration(["seasonality", "period"]);
  const slots = rule.at(["seasonality", "slots"]);
  if (period === undefined || typeof slots !== "number") return { slots: 1, slotOf: () => 0 };
  return { slots, slotOf: (time) => Math.floor(((((time % period) + period) % period) / period) * slots) };
}

function methodOf(rule: RuleCompiler, options: BaselineOptions): Baseline {
  const half = rule.at(["method", "ewma", "half_life"]);
  const halfLife = typeof half === "string" ? parseDuration(half) : undefined;
  if (halfLife !== undefined) return ewmaBaseline(options, halfLife);
  return rule.raw.method === "robust" ? robustBaseline(options) : standardBaseline(options);
}
