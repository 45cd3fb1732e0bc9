/**
 * Hop 2, decode: bytes become an event that satisfies its contract and has a usable time, or a dead letter with its reason
 * (semantics.md 2, 19, 35). Synchronous, one decoder per stream; the only allocation is what JSON.parse makes.
 * Order of judgement: null, UTF-8, JSON, depth, object, envelope, schema, time, distance to the wall clock.
 */
import { compileSchema, type SchemaCheck } from "../load/ajv.ts";
import type { Stream } from "../model/contract.ts";
import { formatDuration, type Millis } from "../model/time.ts";
import { type Fields, isFields } from "../model/value.ts";
import { type ChangeEnvelope, unwrap } from "./decode/envelope.ts";
import { topicFiller } from "./decode/fill.ts";
import { takePlace } from "./decode/place.ts";
import { depthLimit, isTooDeep, parseJson, textOf } from "./decode/text.ts";
import { noTime, timeReader } from "./decode/time.ts";
import type { DeadReason, Decoded, Decoder } from "./ports.ts";

export interface DecoderOptions {
  /** The wall clock of a live run, for `max_future`; undefined for replay, test and drain (semantics.md 6). */
  readonly live: { readonly now: () => Millis } | undefined;
  /** True where lines may carry `_topic _partition _offset _timestamp`: recorded files. */
  readonly recorded: boolean;
}

/** The decoder of a stream. Throws when the stream's schema is not valid, which `check` reports before. */
export function createDecoder(stream: Stream, options: DecoderOptions): Decoder {
  const decoded = emptyDecoded();
  const satisfies = compileSchema(stream.schema, "first");
  const timeOf = timeReader(stream);
  const fill = topicFiller(stream.topics);
  const isChange = stream.format === "debezium";

  function dead(reason: DeadReason, detail: string): Decoded {
    decoded.outcome = "dead";
    decoded.reason = reason;
    decoded.detail = detail;
    return decoded;
  }

  function skipped(): Decoded {
    decoded.outcome = "skipped";
    return decoded;
  }

  function decode(value: Uint8Array | null, topic: string, timestamp: Millis | undefined): Decoded {
    clear(decoded);
    return decodeValue(value, topic, timestamp, options.recorded);
  }

  function decodeValue(
    value: Uint8Array | null,
    topic: string,
    timestamp: Millis | undefined,
    recorded: boolean,
  ): Decoded {
    if (value === null) return isChange ? skipped() : dead("null_value", "the value is null");
    const text = textOf(value);
    if (text === undefined) return dead("not_utf8", "the bytes are not UTF-8");
    const parsed = parseJson(text);
    if (parsed === undefined) return dead("not_json", "the text is not JSON");
    if (parsed === null) return isChange ? skipped() : dead("null_value", "the value is null");
    if (isTooDeep(value)) return dead("too_deep", `the value is nested deeper than ${depthLimit} levels`);
    if (!isFields(parsed)) return dead("not_an_object", "the value must be object");
    return recorded ? decodeRecorded(parsed, topic, timestamp) : decodeMessage(parsed, topic, timestamp);
  }

  function decodeRecorded(line: Fields, topic: string, timestamp: Millis | undefined): Decoded {
    const place = takePlace(line);
    if (place === undefined) return decodeMessage(line, topic, timestamp);
    decoded.topic = place.topic;
    decoded.partition = place.partition;
    decoded.offset = place.offset;
    const [from, at] = [place.topic ?? topic, place.timestamp ?? timestamp];
    if (place.value === undefined) return decodeMessage(place.data, from, at);
    decoded.value = place.value;
    return decodeValue(place.value, from, at, false);
  }

  function decodeMessage(message: Fields, topic: string, timestamp: Millis | undefined): Decoded {
    if (!isChange) return judge(fill(message, topic), undefined, timestamp);
    const envelope = unwrap(message);
    if (envelope.is === "tombstone") return skipped();
    if (envelope.is === "wrong") return dead("schema", envelope.detail);
    decoded.change = envelope.change;
    return judge(fill(envelope.row, topic), envelope, timestamp);
  }

  function judge(data: Fields, change: ChangeEnvelope | undefined, timestamp: Millis | undefined): Decoded {
    decoded.data = data;
    decoded.time = timeOf(data, change, timestamp);
    if (!satisfies(data)) return dead("schema", violation(satisfies));
    if (Number.isNaN(decoded.time)) return dead("no_time", noTime(stream));
    if (options.live !== undefined && decoded.time > options.live.now() + stream.maxFuture) {
      return dead("too_far_ahead", `the time is more than ${formatDuration(stream.maxFuture)} ahead of the clock`);
    }
    return decoded;
  }

  return { decode };
}

const noFields: Fields = {};

function emptyDecoded(): Decoded {
  return {
    outcome: "event",
    time: NaN,
    data: noFields,
    change: undefined,
    topic: undefined,
    partition: undefined,
    offset: undefined,
    value: undefined,
    reason: "not_json",
    detail: "",
  };
}

/** Forgets the message before. */
function clear(decoded: Decoded): void {
  decoded.outcome = "event";
  decoded.time = NaN;
  decoded.data = noFields;
  decoded.change = undefined;
  decoded.topic = undefined;
  decoded.partition = undefined;
  decoded.offset = undefined;
  decoded.value = undefined;
}

/** Which field broke the contract and how: `/amount must be number`. Names what is allowed, never the value. */
function violation(check: SchemaCheck): string {
  const error = check.errors?.[0];
  if (error === undefined) return "the event does not satisfy its schema";
  const allowed = error.params.allowedValues;
  const choice = Array.isArray(allowed) ? `: ${allowed.join(", ")}` : "";
  return `${error.instancePath || "the event"} ${error.message ?? "is not allowed"}${choice}`;
}
