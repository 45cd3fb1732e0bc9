/** The seam of every sink: one batch in, one verdict per item out. Batching, retries and dead letters are shared code. */
import type { KafkaConnection } from "../engine/adapters/kafka/port.ts";
import type { Alert, OutputRecord } from "../engine/model/alert.ts";
import type { Fields, Value } from "../engine/model/value.ts";
import type { Millis } from "../engine/model/time.ts";

/** What is delivered: an alert or a record, as it left the engine. */
export type Delivery = { readonly alert: Alert } | { readonly record: OutputRecord };

/**
 * What became of one delivery. `retry` names milliseconds to wait where the receiver asked for a wait; `untried` says that
 * it waits behind an earlier one and was not sent, so it costs no try; `inferred` that it was not sent because another one
 * of the batch found the receiver away, which costs a try and is no failure of its own. `gone` says that the endpoint asks
 * never to be called again (HTTP 410), which disables a customer's endpoint.
 */
export type Verdict =
  | { readonly result: "delivered" }
  | RetryVerdict
  | { readonly result: "rejected"; readonly reason: string; readonly gone?: true };

export interface RetryVerdict {
  readonly result: "retry";
  readonly after: Millis | undefined;
  readonly reason: string;
  readonly untried?: true;
  readonly inferred?: true;
}

/** When a delivery that failed is tried again: the wait before each further try, after which it is given up. */
export interface RetrySchedule {
  readonly waits: readonly Millis[];
  /** Whether rejections are tried again too. */
  readonly all: boolean;
}

export interface Sink {
  /** Delivers a batch; one verdict per item, in order. Never throws for what the receiver says. */
  readonly deliver: (batch: readonly Delivery[]) => Promise<readonly Verdict[]>;
  /** Opens what the sink needs (topics, files, connections); throws with a sentence that names the way out. */
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** One file per sink; `mod.ts` lists them. */
export interface SinkKind {
  readonly name: string;
  readonly summary: string;
  /** JSON Schema of the options in `vigie.yaml`. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** What a second send of the same id does, for docs/operate/guarantees.md. */
  readonly secondSend: string;
  /** True when the receiver cannot tell a second send: the lane saves what was delivered at once. */
  readonly once?: true;
  /** `alerts` when the sink refuses records; absent when it takes both. */
  readonly takes?: "alerts";
  /** The schedule that the options ask for; absent or undefined: tried again without end, with growing waits. */
  readonly retries?: (options: Fields) => RetrySchedule | undefined;
  /** How long a lane may gather a batch, in milliseconds, before it is delivered short of `batchMax`; absent: not at all. */
  readonly gather?: (options: Fields) => Millis;
  /** Largest batch that `deliver` takes. */
  readonly batchMax: number;
  /** Options satisfy the schema, durations still text. */
  readonly create: (options: Fields, context: SinkContext) => Sink;
  /** A deployment-file snippet, run by a test. */
  readonly example: string;
}

/** What every sink may use. */
export interface SinkContext {
  /** Name of the sink in the deployment file. */
  readonly name: string;
  /** How the brokers of the source are reached, for Kafka sinks that name none of their own; undefined without them. */
  readonly kafka: KafkaConnection | undefined;
  /** How topics are made that do not exist. */
  readonly topics: { readonly create: boolean; readonly retention: Millis };
  /** Directory that relative paths of the deployment file start from. */
  readonly baseDirectory: string;
  /** Name of this instance, for `${instance}`. */
  readonly instance: string;
  /**
   * Compiles an expression over what is delivered, named `alert`; throws a sentence when it is none. Absent where
   * options cannot hold expressions.
   */
  readonly expression?: (text: string) => (item: Fields) => Value | undefined;
  /** Standard output, shared with whatever else the command shows. */
  readonly output: { readonly isTerminal: boolean; readonly write: (text: string) => void };
}
