/** Where a stream's events carry their time (language.md §1), read as milliseconds. */
import type { Stream } from "../../model/contract.ts";
import type { Millis } from "../../model/time.ts";
import type { Fields, Value } from "../../model/value.ts";
import { timeOfNumber, timeOfText, type TimeUnit } from "../event_time.ts";
import type { ChangeEnvelope } from "./envelope.ts";

/** Reads the event time of one stream: NaN when the event has no usable one. */
export function timeReader(
  stream: Stream,
): (data: Fields, change: ChangeEnvelope | undefined, timestamp: Millis | undefined) => Millis {
  const source = stream.time;
  if (source.from === "kafka_timestamp") return (_data, _change, timestamp) => numberTime(timestamp, "ms");
  if (source.from === "change") {
    return source.field === "ts_ms"
      ? (_data, change) => numberTime(change?.change.ts_ms, "ms")
      : (_data, change) => numberTime(change?.sourceTime, "ms");
  }
  const { field, unit } = source;
  return unit === undefined ? (data) => textTime(data[field]) : (data) => numberTime(data[field], unit);
}

function textTime(value: Value | undefined): Millis {
  return typeof value === "string" ? timeOfText(value) : NaN;
}

function numberTime(value: Value | undefined, unit: TimeUnit): Millis {
  return typeof value === "number" ? timeOfNumber(value, unit) : NaN;
}

/** Which time was looked for; never the value, which may be personal. */
export function noTime(stream: Stream): string {
  const source = stream.time;
  if (source.from === "kafka_timestamp") return "the message has no timestamp";
  if (source.from === "change") return `change.${source.field} must be a time in ms`;
  return source.unit === undefined
    ? `/${source.field} must be an RFC 3339 date-time that exists`
    : `/${source.field} must be a time in ${source.unit} within the years 0000 to 9999`;
}
