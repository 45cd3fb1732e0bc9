/** A stream as its contract declares it (language.md §1), with defaults filled in. */
import type { Millis } from "./time.ts";
import type { ObjectType } from "./type.ts";

/** What leaves the engine instead of a personal field (language.md §1). */
export type Personal = "hash" | "mask" | "truncate" | "drop";

export interface Stream {
  readonly name: string;
  /** The name that expressions use for an event of the stream. */
  readonly alias: string;
  /** Topics as written: plain names, or patterns with `{field}` places. */
  readonly topics: readonly string[];
  readonly format: "json" | "debezium";
  readonly time: TimeSource;
  /** Field by which producers partition the topic; undefined when there is none. */
  readonly key: string | undefined;
  readonly lateness: Millis;
  readonly idle: Millis;
  readonly maxFuture: Millis;
  /** Type of one event (of the row, for Debezium), from the JSON Schema. */
  readonly type: ObjectType;
  /** Personal fields by top-level name. */
  readonly personal: { readonly [field: string]: Personal };
  /** The JSON Schema 2020-12 of one event, as parsed. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Contract and schema file, relative to the working directory, for notes of problems. */
  readonly file: string;
  readonly schemaFile: string;
}

/** Where an event's time comes from. `unit` is undefined for an RFC 3339 string. */
export type TimeSource =
  | { readonly from: "field"; readonly field: string; readonly unit: "s" | "ms" | "us" | "ns" | undefined }
  | { readonly from: "change"; readonly field: "ts_ms" | "source_ts_ms" }
  | { readonly from: "kafka_timestamp" };
