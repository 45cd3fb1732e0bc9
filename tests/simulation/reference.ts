/**
 * The second oracle, for small logs: the reference evaluator (reference/README.md), which shares nothing with the engine.
 * What the first sink has of the random rules must be what it says; values are left to the comparison with the replay.
 */
import { lines, ofAlert, ofRecord } from "../reference/compare.ts";
import { evaluate, type Meaning } from "../reference/evaluate.ts";
import { readLog, type RecordedFile } from "../reference/log.ts";
import type { Said } from "../reference/outcome.ts";
import { lateness } from "../reference/streams.ts";
import { streamsOf } from "./expected.ts";
import { merged } from "./log.ts";
import type { Scenario } from "./scenario.ts";
import type { Received } from "./sink.ts";

/** The reference rereads the log for each question: beyond so many messages it takes too long. */
const most = 24;

/** Lines that only one of the two says; empty when they agree, or when the log is not for the reference. */
export function disagreements(scenario: Scenario, received: Received): readonly string[] {
  if (!isFit(scenario)) return [];
  const meanings = scenario.templates.map(({ meaning }, i) => named(meaning, `r${i}`));
  const wanted = asLines(evaluate(readLog(filesOf(scenario)), meanings).said);
  const ids = new Set(meanings.map(({ rule }) => rule.id));
  const texts = [...received.texts.values()].flatMap((of) => [...of]);
  const got = asLines(texts.map(saidOf).filter(({ rule }) => ids.has(rule)));
  return [
    ...[...wanted.difference(got)].map((line) => `only the reference says: ${line}`),
    ...[...got.difference(wanted)].map((line) => `the reference does not say: ${line}`),
  ];
}

/**
 * To the reference a partition without events is not there; to the engine it is, and is silent. Thresholds that customers
 * own are those of one rule to the reference, and of every rule to the engine.
 */
function isFit({ log, templates, mode }: Scenario): boolean {
  const size = log.reduce((sum, { messages }) => sum + messages.length, 0);
  const speaks = log.every(({ messages }) => messages.some(({ content }) => "time" in content));
  const owners = templates.filter(({ thresholds }) => thresholds !== undefined);
  return size <= most && speaks && owners.length <= 1 && templates.length > 0 && mode !== "wide";
}

function filesOf(scenario: Scenario): readonly RecordedFile[] {
  return streamsOf(scenario).map((stream) => ({
    stream,
    lateness: lateness[stream],
    lines: merged(scenario.log, stream).map(({ partition, content }) =>
      "dead" in content ? content : { partition, time: content.time, data: content.data }
    ),
  }));
}

function named(meaning: Meaning, id: string): Meaning {
  switch (meaning.kind) {
    case "filter":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "aligned":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "session":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "sliding":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "join":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "sequence":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "absence":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "kpi":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "score":
      return { ...meaning, rule: { ...meaning.rule, id } };
    case "zscore":
      return { ...meaning, rule: { ...meaning.rule, id } };
  }
}

function saidOf(text: string): Said {
  const what = JSON.parse(text);
  return "status" in what ? ofAlert(what) : ofRecord(what);
}

/** Receivers keep one of a name, so each line counts once. */
function asLines(said: readonly Said[]): ReadonlySet<string> {
  return new Set(lines({ said: said.map((one) => ({ ...one, values: {} })), late: [], dead: [] }));
}
