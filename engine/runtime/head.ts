/**
 * The head of a task: watermarks of inputs and clocks, small and written whole with every checkpoint. Inputs that are not
 * open (a partition that went elsewhere) keep their place in it.
 */
import { isFields, type Value } from "../model/value.ts";
import type { Millis } from "../model/time.ts";
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
}

/** Name of an input, unique in its task. */
export function inputName({ stream, topic, partition }: Pick<Input, "stream" | "topic" | "partition">): string {
  return `${stream} ${topic} ${partition}`;
}

/** The head as text. */
export function writeHead({ clocks, inputs, alerts }: Head): string {
  return JSON.stringify({
    version,
    alerts,
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
  return { clocks: new Map(clocks), inputs: new Map(inputs), alerts: Number(head.alerts ?? 0) };
}

/** JSON has no infinity: before the first event there is null. */
function written(watermark: Millis): Millis | null {
  return watermark === -Infinity ? null : watermark;
}

function read(watermark: unknown): Millis {
  return typeof watermark === "number" ? watermark : -Infinity;
}
