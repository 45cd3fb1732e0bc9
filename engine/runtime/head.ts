/**
 * The head of a task: watermarks of inputs and clocks, small and written whole with every checkpoint. Inputs that are not
 * open (a partition that went elsewhere) keep their place in it.
 */
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Millis } from "../model/time.ts";
import type { RuleMark, RuleMarks } from "./changeover.ts";
import type { Input } from "./clock.ts";

/** Version of the format. */
const version = 1;

export interface Head {
  /** Watermarks of clocks by name. */
  readonly clocks: ReadonlyMap<string, Millis>;
  /** Inputs by `inputName`. */
  readonly inputs: ReadonlyMap<string, Input>;
  /** Alerts that rules over alerts have taken. */
  readonly alerts: number;
  /** Newest event time taken. */
  readonly newest: Millis;
  /** What each rule was when the head was written. */
  readonly rules: RuleMarks;
}

/** Nothing was written before. */
export const emptyHead: Head = { clocks: new Map(), inputs: new Map(), alerts: 0, newest: -Infinity, rules: new Map() };

/** Name of an input, unique in its task. */
export function inputName({ stream, topic, partition }: Pick<Input, "stream" | "topic" | "partition">): string {
  return `${stream} ${topic} ${partition}`;
}

/** The head as text. */
export function writeHead({ clocks, inputs, alerts, newest, rules }: Head): string {
  return JSON.stringify({
    version,
    alerts,
    newest: written(newest),
    rules: [...rules],
    clocks: [...clocks].map(([name, watermark]) => [name, written(watermark)]),
    inputs: [...inputs.values()].map((input) => ({ ...input, watermark: written(input.watermark) })),
  });
}

/** The head that a text holds. Throws when it was written in another format. */
export function readHead(text: string): Head {
  const head: Value = JSON.parse(text);
  if (!isFields(head) || head.version !== version || !Array.isArray(head.clocks) || !Array.isArray(head.inputs)) {
    throw new Error(`the checkpoint's head is not of format ${version}, which this version reads`);
  }
  const clocks = head.clocks.map(([name, watermark]): [string, Millis] => [String(name), read(watermark)]);
  const inputs = head.inputs.filter(isFields).map((input): [string, Input] => {
    const { stream, topic, partition, state } = input;
    const restored: Input = {
      stream: String(stream),
      topic: String(topic),
      partition: Number(partition),
      watermark: read(input.watermark),
      state: state === "idle" || state === "finished" ? state : "active",
    };
    return [inputName(restored), restored];
  });
  return {
    clocks: new Map(clocks),
    inputs: new Map(inputs),
    alerts: Number(head.alerts ?? 0),
    newest: read(head.newest),
    rules: readMarks(head.rules),
  };
}

/** JSON has no infinity: before the first event there is null. */
function written(watermark: Millis): Millis | null {
  return watermark === -Infinity ? null : watermark;
}

function read(watermark: unknown): Millis {
  return typeof watermark === "number" ? watermark : -Infinity;
}

function readMarks(rules: Value | undefined): RuleMarks {
  const marks = new Map<string, RuleMark>();
  for (const [name, mark] of Array.isArray(rules) ? rules : []) {
    const { signature, quietUntil, since, gone }: Fields = isFields(mark) ? mark : {};
    marks.set(String(name), {
      signature: String(signature),
      quietUntil: timeOrNull(quietUntil),
      since: timeOrNull(since),
      gone: timeOrNull(gone),
    });
  }
  return marks;
}

function timeOrNull(time: Value | undefined): Millis | null {
  return typeof time === "number" ? time : null;
}
