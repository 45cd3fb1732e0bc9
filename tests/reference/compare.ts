/**
 * Runs the engine over the same log as the reference and brings both to one form. The engine is driven as `vigie replay`
 * drives it: files of lines, decoded, merged and cut into batches. Between events the states of the rules are saved and
 * loaded again, each save writing only what changed, as a checkpoint does.
 */
import { compileProject } from "../../engine/compile.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import type { Alert, OutputRecord } from "../../engine/model/alert.ts";
import type { Operator } from "../../engine/model/operator.ts";
import type { Pack, RuleText } from "../../engine/model/pack.ts";
import { fixedThresholds, type Threshold } from "../../engine/model/threshold.ts";
import type { Fields, Value } from "../../engine/model/value.ts";
import { isFields } from "../../engine/model/value.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import { type Recording, replay } from "../../engine/runtime/replay.ts";
import type { Outcome, Refused } from "./evaluate.ts";
import type { RecordedFile } from "./log.ts";
import type { Said } from "./outcome.ts";
import { streams } from "./streams.ts";

/** How the engine is driven; none of it may change what it says. */
export interface Drive {
  /** Lines in a batch. */
  readonly batch: number;
  /** States are saved and loaded at every so many steps of a key; 0 for never. */
  readonly restoreEvery: number;
}

/** The engine's outcome for rules as YAML would give them. Throws when a rule does not compile. */
export async function engineOutcome(
  rules: readonly Fields[],
  files: readonly RecordedFile[],
  drive: Drive,
  thresholds: readonly Threshold[] = [],
): Promise<Outcome> {
  const said: Said[] = [];
  const late: Refused[] = [];
  const dead: Refused[] = [];
  await replay(forgetful(planOf(rules), drive.restoreEvery), files.map((file) => recordingOf(file, drive.batch)), {
    alert: (alert) => said.push(ofAlert(alert)),
    record: (record) => said.push(ofRecord(record)),
    late: ({ stream, offset, reason }) => late.push({ stream, offset, reason }),
    dead: ({ stream, offset, reason }) => dead.push({ stream, offset, reason }),
  }, { thresholds: fixedThresholds(thresholds) });
  return { said, late, dead };
}

/** The plan of rules as YAML would give them. Throws when one does not compile. */
export function planOf(rules: readonly Fields[]): Plan {
  const file = "p.yaml";
  const texts = rules.map((raw, index): RuleText => {
    const id = String(raw.id);
    const path = ["rules", index];
    return {
      id,
      pack: "p",
      file,
      path,
      kind: String(raw.kind),
      title: id,
      description: undefined,
      status: "live",
      raw,
    };
  });
  const defaults = { severity: "info", sinks: undefined, labels: {} } as const;
  const empty = { params: {}, lists: {}, conditions: {}, lookups: {} };
  const pack: Pack = { name: "p", file, owner: undefined, description: undefined, ...empty, defaults, rules: texts };
  const { plan, problems } = compileProject({ packs: [pack], streams });
  const faults = problems.filter(({ severity }) => severity === "error").map(({ code, message }) =>
    `${code} ${message}`
  );
  if (plan === undefined || faults.length > 0) throw new Error(faults.join("\n"));
  return plan;
}

/** A file of the log as a replay reads it. */
export function recordingOf({ stream, lines }: RecordedFile, batch: number): Recording {
  const contract = streams.get(stream);
  if (contract === undefined) throw new Error(`no stream ${stream}`);
  const encoder = new TextEncoder();
  const messages = lines.map((line, offset) => {
    const raw = "dead" in line ? line.raw : JSON.stringify({ t: line.time, ...line.data, _partition: line.partition });
    return { topic: stream, partition: 0, offset, timestamp: undefined, key: null, value: encoder.encode(raw) };
  });
  const partitions = new Set(lines.flatMap((line) => "dead" in line ? [] : [line.partition]));
  return {
    stream,
    decoder: createDecoder(contract, { live: undefined, recorded: true }),
    read: () => Promise.resolve(messages.length === 0 ? undefined : messages.splice(0, batch)),
    partitions: [...partitions].map((partition) => ({ topic: stream, partition })),
  };
}

/** An alert in the form that is compared. */
export function ofAlert(alert: Alert): Said {
  return {
    rule: alert.rule,
    output: "alert",
    status: alert.status,
    severity: alert.severity,
    key: alert.key,
    time: Date.parse(alert.event_time),
    window: windowOf(alert.window),
    values: known(alert.values),
    entities: alert.entities,
    suppressed: alert.suppressed,
  };
}

/** A record in the form that is compared. */
export function ofRecord(record: OutputRecord): Said {
  return {
    rule: record.rule,
    output: "record",
    status: "firing",
    severity: null,
    key: record.key,
    time: Date.parse(record.event_time),
    window: windowOf(record.window),
    values: isFields(record.values) ? known(record.values) : {},
    entities: record.entities,
    suppressed: 0,
  };
}

function windowOf(window: Alert["window"]): Said["window"] {
  return window === null ? null : { start: Date.parse(window.start), end: Date.parse(window.end) };
}

/** A value that an aggregate does not have may be written as null or left out. */
function known(values: Fields): Fields {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** A plan whose rules keep what a store would give back: parts of text. */
function forgetful(plan: Plan, every: number): Plan {
  const rules = plan.rules.map((rule) => {
    const operator = every === 0 ? rule.compiled.operator : restoring(rule.compiled.operator, every);
    return { ...rule, compiled: { ...rule.compiled, operator } };
  });
  return { ...plan, rules };
}

/** A state in memory, beside what the store has of it. */
interface Kept {
  live: unknown;
  readonly parts: Map<string, string>;
  steps: number;
}

/** An operator that saves its state and loads it again at every so many steps of a key. */
function restoring(operator: Operator, every: number): Operator {
  const { codec } = operator;
  if (codec === undefined) return operator;
  const write = (parts: Map<string, string>) => (part: string, text: string | undefined) => {
    if (text === undefined) parts.delete(part);
    else parts.set(part, text);
  };
  const keep = (kept: Kept | undefined, live: unknown): Kept | undefined => {
    if (live === undefined) return undefined;
    const next = kept ?? { live, parts: new Map(), steps: 0 };
    // Another state in place of the last has none of its parts, as in a checkpoint (saved_state.ts).
    if (next.live !== live) next.parts.clear();
    next.live = live;
    if (++next.steps % every !== 0) return next;
    codec.save(live, next.parts.size === 0, write(next.parts));
    next.live = codec.load(next.parts);
    return next;
  };
  const of = (state: unknown): Kept | undefined => isKept(state) ? state : undefined;
  const { wake } = operator;
  return {
    codec,
    step: (state, event, turn) => keep(of(state), operator.step(of(state)?.live, event, turn)),
    ...(wake && { wake: (state, now, turn) => keep(of(state), wake.call(operator, of(state)?.live, now, turn)) }),
  };
}

function isKept(state: unknown): state is Kept {
  return typeof state === "object" && state !== null && "live" in state && "parts" in state;
}

/** One line for each thing said, in an order of its own: what is compared. */
export function lines({ said, late, dead }: Outcome): readonly string[] {
  return [
    ...said.map((one) => JSON.stringify(sorted({ ...one }))),
    ...late.map((one) => `late ${one.stream} ${one.offset} ${one.reason}`),
    ...dead.map((one) => `dead ${one.stream} ${one.offset} ${one.reason}`),
  ].sort();
}

/** The same value with names in order, so that equal values have equal texts. */
function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]));
}
