/** Batches on their way in, from the form of the client library to that of sources. */
import type { Buffer } from "node:buffer";
import type { ReadOptions } from "./port.ts";

/** What is read of a batch of the client library. */
export interface ClientBatch {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers?: Readonly<Record<string, unknown>>;
  }[];
  lastOffset(): string;
}

/** Hands a batch over; keys and values are views of the bytes that came from the network. */
export function hand(batch: ClientBatch, options: ReadOptions): void {
  const { topic, partition } = batch;
  const messages = batch.messages.map(({ offset, timestamp, key, value, headers = {} }) => ({
    topic,
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key,
    value,
    ...(options.headers === true ? { headers: textsOf(headers) } : {}),
  }));
  options.batch(topic, partition, {
    messages,
    next: Number(batch.lastOffset()) + 1,
    end: Number(batch.highWatermark),
  });
}

function textsOf(headers: Readonly<Record<string, unknown>>): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
