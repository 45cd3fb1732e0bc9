/**
 * A lane is one ordered source of messages: a recorded file, or one Kafka partition. It decodes until an event stands at
 * its head; what cannot be decoded is handed out at once and has no place in the merge (semantics.md 35). The merge takes
 * the oldest head of all lanes, so that replay, drain and catching up see one and the same order.
 */
import type { Event } from "../model/event.ts";
import type { Millis } from "../model/time.ts";
import type { Input } from "./clock.ts";
import type { Passed } from "./many/passed.ts";
import type { Decoded, Decoder, RawMessage } from "./ports.ts";
import type { Task } from "./task.ts";

export type LaneOptions = DecodingLane | PassedLane;

/** A lane of messages that a stream's decoder reads. */
export interface DecodingLane {
  readonly stream: string;
  readonly decoder: Decoder;
  /** The input that a message's partition feeds. */
  readonly inputOf: (topic: string, partition: number) => Input;
  /** Called for a message that is no event; `decoded` is refilled afterwards. */
  readonly dead: (message: RawMessage, decoded: Decoded) => void;
  /** Events outside this time span are passed over: from inclusive, to exclusive. */
  readonly span?: { readonly from: Millis; readonly to: Millis };
}

/** A lane of messages that another task passed on. */
export interface PassedLane {
  readonly stream: string;
  /** Undefined for what is no such message. */
  readonly read: (message: RawMessage) => Arrival | undefined;
}

/** An event that waits for its turn. Its watermark is that of its input when it is taken. */
export interface Arrival {
  readonly input: Input;
  readonly message: RawMessage;
  readonly place: Event["place"];
  readonly data: Event["data"];
  readonly change: Event["change"];
  /** What the task that passed the event on says of its source partition. */
  readonly passed?: Passed;
}

export class Lane {
  /** No more messages will come. */
  ended = false;
  private messages: readonly RawMessage[] = [];
  private at = 0;
  private head: Arrival | undefined;
  /** The head as it was pushed: the same message, or the recorded line that holds it. */
  private pushed: RawMessage | undefined;
  /** The message whose event was taken last: raw bytes for the late output. */
  current: RawMessage | undefined;

  constructor(readonly options: LaneOptions) {}

  /** Gives the lane its next messages, once it has asked for them by not being ready. */
  push(messages: readonly RawMessage[]): void {
    this.messages = this.at < this.messages.length ? [...this.messages.slice(this.at), ...messages] : messages;
    this.at = 0;
  }

  /** Messages that wait, the head not counted. */
  get waiting(): number {
    return this.messages.length - this.at;
  }

  /** Event time of the head; undefined when more messages are needed first. */
  peek(): Millis | undefined {
    while (this.head === undefined && this.at < this.messages.length) {
      this.pushed = this.messages[this.at++]!;
      this.head = this.decode(this.pushed);
    }
    return this.head?.place.time;
  }

  /** Offset of the head's message; undefined where `peek` is. */
  get headOffset(): number | undefined {
    return this.head?.message.offset;
  }

  /** Takes the head out, for who looks ahead and hands it to a task later. */
  shift(): Arrival | undefined {
    const { head } = this;
    this.head = undefined;
    return head;
  }

  /** Messages that were not taken, the head's among them. */
  rest(): readonly RawMessage[] {
    const waiting = this.messages.slice(this.at);
    return this.head === undefined || this.pushed === undefined ? waiting : [this.pushed, ...waiting];
  }

  /** Hands the head to a task; the event's watermark is its partition's before it. Returns what the task's `take` does. */
  take(task: Pick<Task, "take">): boolean {
    const { head } = this;
    if (head === undefined) return false;
    this.head = undefined;
    this.current = head.message;
    const { place, data, change, input } = head;
    return task.take(input, { place, data, change, watermark: input.watermark });
  }

  private decode(line: RawMessage): Arrival | undefined {
    if ("read" in this.options) return this.options.read(line);
    const { stream, decoder, inputOf, dead, span } = this.options;
    const decoded = decoder.decode(line.value, line.topic, line.timestamp);
    const message = decoded.value === undefined ? line : { ...line, value: decoded.value };
    if (decoded.outcome !== "event") {
      dead(message, decoded);
      return undefined;
    }
    const { time, data, change } = decoded;
    if (span !== undefined && (time < span.from || time >= span.to)) return undefined;
    const topic = decoded.topic ?? message.topic;
    const partition = decoded.partition ?? message.partition;
    const offset = decoded.offset ?? message.offset;
    return {
      input: inputOf(topic, partition),
      message,
      place: { stream, topic, partition, offset, time },
      data,
      change,
    };
  }
}

/** The lane whose head is oldest, the first of equals; undefined while a lane that has not ended needs messages. */
export function oldest(lanes: readonly Lane[]): Lane | undefined {
  let found: Lane | undefined;
  let foundTime = Infinity;
  for (const lane of lanes) {
    const time = lane.peek();
    if (time === undefined) {
      if (!lane.ended) return undefined;
    } else if (time < foundTime) [found, foundTime] = [lane, time];
  }
  return found;
}
