/**
 * Stretches of the log under one version of the plan each: from the checkpoint at which it was switched to the next. What
 * is known of the moment of a switch is what the log says up to its offsets.
 */
import type { Millis } from "../../engine/model/time.ts";
import { lateness } from "../reference/streams.ts";
import type { Message, Partition } from "./log.ts";

/** Number of a version of the plan. */
export type Version = 0 | 1;

export interface Stretch {
  readonly version: Version;
  /** First offsets, by the partition's name. */
  readonly from: ReadonlyMap<string, number>;
}

/** An event with a key, and where it stands. */
export interface Keyed {
  readonly key: string;
  readonly time: Millis;
  /** Watermark of its partition before it. */
  readonly watermark: Millis;
  readonly stretch: number;
}

/** What the log was when a stretch began. */
export interface Border {
  /** Newest event time of any stream. */
  readonly newest: Millis;
  /** Watermarks of the partitions of stream `a`, and whether all of each had been read. */
  readonly inputs: readonly { readonly watermark: Millis; readonly isRead: boolean }[];
}

/** A partition's name in checkpoints. */
export function placeOf({ stream, partition }: Partition): string {
  return `${stream}/${partition}`;
}

/** The stretch that an offset is in. */
export function stretchOf(stretches: readonly Stretch[], place: string, offset: number): number {
  return stretches.findLastIndex(({ from }) => (from.get(place) ?? 0) <= offset);
}

/** Events of stream `a` that have a key, in the order of each partition. */
export function keyedOf(log: readonly Partition[], stretches: readonly Stretch[]): readonly Keyed[] {
  return log.filter(({ stream }) => stream === "a").flatMap((partition) =>
    partition.messages.flatMap(({ content }, offset) => {
      if (!("time" in content) || typeof content.data.k !== "string") return [];
      const watermark = newestOf(partition.messages.slice(0, offset)) - lateness.a;
      const stretch = stretchOf(stretches, placeOf(partition), offset);
      return [{ key: content.data.k, time: content.time, watermark, stretch }];
    })
  );
}

export function borderOf(log: readonly Partition[], { from }: Stretch): Border {
  const read = log.map((partition) => ({ partition, to: from.get(placeOf(partition)) ?? 0 }));
  return {
    newest: Math.max(...read.map(({ partition: { messages }, to }) => newestOf(messages.slice(0, to)))),
    inputs: read.filter(({ partition: { stream } }) => stream === "a").map(({ partition: { messages }, to }) => ({
      watermark: newestOf(messages.slice(0, to)) - lateness.a,
      isRead: to >= messages.length,
    })),
  };
}

/** Newest event time of messages; -Infinity without an event. */
export function newestOf(messages: readonly Message[]): Millis {
  return Math.max(-Infinity, ...messages.map(({ content }) => "time" in content ? content.time : -Infinity));
}
