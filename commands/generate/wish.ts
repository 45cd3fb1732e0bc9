/** Reads what was asked of `vigie generate`, and refuses what cannot be. */
import type { ArrivalOptions } from "../../engine/generate/arrival.ts";
import { type GeneratorOptions, streamNames } from "../../engine/generate/mod.ts";
import { nearest } from "../../engine/model/problem.ts";
import { type Millis, parseDuration } from "../../engine/model/time.ts";
import { timeOfText } from "../../engine/runtime/event_time.ts";
import { type Given, UsageError } from "../command.ts";

export interface Wish {
  readonly generator: GeneratorOptions;
  readonly arrival: ArrivalOptions;
  /** Events in all; Infinity where time ends it, or nothing does. */
  readonly count: number;
  /** Event time to stop before; Infinity where the count ends it, or nothing does. */
  readonly end: Millis;
  readonly live: boolean;
  readonly out: string;
  readonly brokers: readonly string[] | undefined;
  readonly labels: string | undefined;
}

/** A Monday morning. */
const defaultStart = "2026-01-05T10:00:00Z";

/** Throws a UsageError; `now` is the wall clock, read for `--live` only. */
export function readWish(given: Given, now: () => Millis): Wish {
  const streams = streamsOf(given);
  const live = given.flag("live");
  const seed = integer(given, "seed", 1, 0);
  const start = startOf(given, live, now);
  const span = duration(given, "for");
  const count = given.text("count") === undefined ? Infinity : integer(given, "count", 1, 1);
  if (span === undefined && count === Infinity && !live) {
    throw new UsageError("Say how much: `--count N` events or `--for DURATION` of event time, or `--live` without end");
  }
  const out = given.text("out") ?? "-";
  const kafka = given.text("kafka");
  if (kafka !== undefined && given.text("out") !== undefined) {
    throw new UsageError("`--out` and `--kafka` exclude each other: events go to one place");
  }
  if (kafka === undefined && out === "-" && streams.length > 1) {
    throw new UsageError("Several streams cannot share standard output: name a folder with `--out DIR`");
  }
  return {
    generator: { streams, seed, start, rate: rateOf(given) },
    arrival: { seed, disorder: duration(given, "disorder") ?? 0, late: share(given, "late"), bad: share(given, "bad") },
    count,
    end: span === undefined ? Infinity : start + span,
    live,
    out,
    brokers: kafka?.split(",").map((broker) => broker.trim()).filter((broker) => broker !== ""),
    labels: given.text("labels"),
  };
}

/** Named streams, each once, in the order of the registry so that the order typed changes nothing. */
function streamsOf({ positionals }: Given): readonly string[] {
  if (positionals.length === 0) {
    throw new UsageError(`Name the streams to generate, or \`all\`: ${streamNames.join(", ")}`);
  }
  for (const name of positionals) {
    if (name === "all" || streamNames.includes(name)) continue;
    const near = nearest(name, streamNames);
    throw new UsageError(`There is no stream "${name}"${near === undefined ? "" : `: did you mean \`${near}\`?`}`);
  }
  return streamNames.filter((name) => positionals.includes(name) || positionals.includes("all"));
}

function startOf(given: Given, live: boolean, now: () => Millis): Millis {
  const text = given.text("start");
  if (live && text !== undefined) throw new UsageError("`--live` begins now: it takes no `--start`");
  if (live) return now();
  const time = timeOfText(text ?? defaultStart);
  if (Number.isNaN(time)) throw new UsageError(`\`--start ${text}\` is no time such as ${defaultStart}`);
  return time;
}

function integer(given: Given, name: string, otherwise: number, least: number): number {
  const text = given.text(name);
  if (text === undefined) return otherwise;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least)) throw new UsageError(`\`--${name} ${text}\` is no whole number from ${least} up`);
  return value;
}

const rateMax = 100_000;

function rateOf(given: Given): number {
  const text = given.text("rate");
  const rate = text === undefined ? 100 : /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(rate > 0 && rate <= rateMax)) {
    throw new UsageError(`\`--rate ${text}\` is no number above 0 and up to ${rateMax} events a second`);
  }
  return rate;
}

function share(given: Given, name: string): number {
  const text = given.text(name);
  const value = text === undefined ? 0 : /^\d*(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value >= 0 && value <= 1)) throw new UsageError(`\`--${name} ${text}\` is no share from 0 to 1`);
  return value;
}

function duration(given: Given, name: string): Millis | undefined {
  const text = given.text(name);
  const millis = text === undefined ? undefined : parseDuration(text);
  if (text !== undefined && millis === undefined) {
    throw new UsageError(`\`--${name} ${text}\` is no duration such as 500ms, 5s, 10m, 24h or 7d`);
  }
  return millis;
}
