/** Runs the tests of packs: events at virtual times through the production path, alerts against expectations. */
import type { Plan } from "../compile/plan.ts";
import type { Alert, OutputRecord } from "../model/alert.ts";
import type { Stream } from "../model/contract.ts";
import type { PackTest, TestFile } from "../model/test_file.ts";
import { thresholdOf } from "../load/thresholds.ts";
import { fixedLookups } from "../model/lookup.ts";
import { fixedThresholds } from "../model/threshold.ts";
import { formatTime, type Millis, parseDuration } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Decoder } from "./ports.ts";
import { rehearse, type Step } from "./rehearsal.ts";

export interface TestResult {
  readonly file: string;
  readonly test: PackTest;
  readonly failures: readonly TestFailure[];
  readonly millis: number;
  /** Rules that spoke, for coverage. */
  readonly spoke: ReadonlySet<string>;
}

/** One way in which a test went wrong. */
export type TestFailure =
  | { readonly what: "invalid"; readonly message: string }
  | {
    /** An expectation that nothing matched, beside what came nearest. */
    readonly what: "missing";
    readonly output: "alert" | "record";
    readonly index: number;
    readonly expected: Fields;
    readonly nearest: Fields | undefined;
    /** Where the two part, as dotted paths. */
    readonly differs: readonly string[];
  }
  | { readonly what: "unexpected"; readonly output: "alert" | "record"; readonly actual: Fields };

/** Runs one test of a file over a plan that holds the file's pack only. */
export function runTest(
  plan: Plan,
  file: TestFile,
  test: PackTest,
  decoderOf: (stream: Stream) => Decoder,
): Pick<TestResult, "failures" | "spoke"> {
  const start = Date.parse(file.start);
  const given = stepsOf(plan, file, test, start);
  if ("invalid" in given) return { failures: given.invalid, spoke: new Set() };
  const run = rehearse(plan, given.steps, decoderOf, {
    thresholds: fixedThresholds(test.thresholds.map(thresholdOf)),
    lookups: fixedLookups(test.lookups),
  });
  const dead = run.dead.map((event): TestFailure => ({
    what: "invalid",
    message: `event of "${event.stream}" breaks its contract (${event.reason}): ${event.detail}`,
  }));
  const alerts = run.alerts.map(alertFields);
  const failures = [
    ...dead,
    ...compare("alert", test.expect, alerts, start, test.others),
    ...(test.records === undefined
      ? []
      : compare("record", test.records, run.records.map(recordFields), start, test.others)),
  ];
  return { failures, spoke: new Set([...run.alerts, ...run.records].map((said) => said.rule)) };
}

/** The steps that `given` stands for: defaults filled in, repeats spelled out. */
function stepsOf(
  plan: Plan,
  file: TestFile,
  test: PackTest,
  start: Millis,
): { steps: Step[] } | { invalid: TestFailure[] } {
  const steps: Step[] = [];
  const invalid: TestFailure[] = [];
  for (const line of test.given) {
    const at = offsetOf(line.at);
    if (at === undefined) {
      invalid.push({ what: "invalid", message: `\`at\` is no duration: ${JSON.stringify(line.at)}` });
    } else if (line.advance === true) steps.push({ at: start + at, advance: true });
    else addEvents(plan, file, line, start + at, steps, invalid);
  }
  return invalid.length > 0 ? { invalid } : { steps };
}

/** Names of a line of `given` that are no stream. */
const lineWords = new Set(["at", "repeat", "every", "advance", "partition"]);

function addEvents(plan: Plan, file: TestFile, line: Fields, at: Millis, steps: Step[], invalid: TestFailure[]): void {
  const every = typeof line.every === "string" ? parseDuration(line.every) ?? 0 : 0;
  const repeat = typeof line.repeat === "number" ? line.repeat : 1;
  const streams = Object.keys(line).filter((name) => !lineWords.has(name));
  if (streams.length === 0) invalid.push({ what: "invalid", message: "a line of `given` names no stream" });
  for (let i = 0; i < repeat; i++) {
    for (const name of streams) {
      const stream = plan.streams.get(name);
      const data = line[name];
      if (stream === undefined || !isFields(data ?? {})) {
        invalid.push({ what: "invalid", message: `"${name}" is no stream of the contracts` });
        return;
      }
      const complete = completed(stream, isFields(data) ? data : {}, file.defaults[name] ?? {});
      const partition = typeof line.partition === "number" ? line.partition : 0;
      steps.push({ at: at + i * every, stream: name, data: complete, partition });
    }
  }
}

/** An event with defaults; of a Debezium event, each side that is there is completed. */
function completed(stream: Stream, data: Fields, defaults: Fields): Fields {
  if (stream.format !== "debezium") return { ...defaults, ...data };
  const side = (row: Value | undefined) => (isFields(row) ? { ...defaults, ...row } : null);
  return { ...data, before: side(data.before), after: side(data.after) };
}

/** Milliseconds of `at`, which may be negative. */
export function offsetOf(at: Value | undefined): Millis | undefined {
  if (typeof at !== "string") return undefined;
  if (!at.startsWith("-")) return parseDuration(at);
  const millis = parseDuration(at.slice(1));
  return millis === undefined ? undefined : -millis;
}

function alertFields(alert: Alert): Fields {
  return JSON.parse(JSON.stringify(alert));
}

function recordFields(record: OutputRecord): Fields {
  return JSON.parse(JSON.stringify(record));
}

/** Pairs every expectation with an alert of its own; what is left over on either side is a failure. */
function compare(
  output: "alert" | "record",
  expected: readonly Fields[],
  actual: readonly Fields[],
  start: Millis,
  others: boolean,
): TestFailure[] {
  const wanted = expected.map((fields) => absolute(fields, start));
  const free = new Set(actual);
  const taken = pair(wanted, actual);
  for (const found of taken.values()) free.delete(found);
  const failures: TestFailure[] = [];
  for (const [index, fields] of wanted.entries()) {
    if (taken.has(fields)) continue;
    const nearest = nearestTo(fields, free);
    const differs = nearest === undefined ? [] : differences(fields, nearest, "");
    failures.push({ what: "missing", output, index, expected: fields, nearest, differs });
  }
  if (!others) { for (const extra of free) failures.push({ what: "unexpected", output, actual: extra }); }
  return failures;
}

/** `at` relative to the start becomes `event_time`. */
function absolute(expected: Fields, start: Millis): Fields {
  const { at, ...rest } = expected;
  const offset = offsetOf(at);
  return offset === undefined ? rest : { event_time: formatTime(start + offset), ...rest };
}

/**
 * A largest pairing of expectations with what they match (augmenting paths): a vague expectation never takes the alert
 * that a precise one needs.
 */
function pair(expected: readonly Fields[], actual: readonly Fields[]): Map<Fields, Fields> {
  const owner = new Map<Fields, Fields>();
  const fits = new Map(expected.map((wanted) => [wanted, actual.filter((found) => matches(wanted, found))]));
  const assign = (wanted: Fields, seen: Set<Fields>): boolean => {
    for (const found of fits.get(wanted) ?? []) {
      if (seen.has(found)) continue;
      seen.add(found);
      const before = owner.get(found);
      if (before === undefined || assign(before, seen)) {
        owner.set(found, wanted);
        return true;
      }
    }
    return false;
  };
  for (const wanted of expected) assign(wanted, new Set());
  return new Map([...owner].map(([found, wanted]) => [wanted, found]));
}

function matches(expected: Fields, actual: Fields): boolean {
  return differences(expected, actual, "").length === 0;
}

/** Paths at which `actual` does not have what `expected` names; numbers may differ by a part in a thousand million. */
export function differences(expected: Value | undefined, actual: Value | undefined, path: string): string[] {
  if (isFields(expected)) {
    if (!isFields(actual)) return [path];
    return Object.entries(expected).flatMap(([name, value]) =>
      differences(value, Object.hasOwn(actual, name) ? actual[name] : undefined, path === "" ? name : `${path}.${name}`)
    );
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [path];
    return expected.flatMap((value, i) => differences(value, actual[i], `${path}[${i}]`));
  }
  return same(expected, actual) ? [] : [path];
}

function same(expected: Value | undefined, actual: Value | undefined): boolean {
  if (typeof expected === "number" && typeof actual === "number") {
    return Math.abs(expected - actual) <= 1e-9 * Math.max(Math.abs(expected), Math.abs(actual));
  }
  return expected === actual;
}

function nearestTo(expected: Fields, candidates: ReadonlySet<Fields>): Fields | undefined {
  let best: Fields | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    if (expected.rule !== undefined && expected.rule !== candidate.rule) continue;
    const distance = differences(expected, candidate, "").length;
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}
