/** Where a partition is read from: where its checkpoint stands, as far as that is still there, else where it is to begin. */
import { SourceError } from "../../runtime/source.ts";
import type { Kafka, PartitionOffsets } from "./port.ts";

export interface PositionOptions {
  /** Whether a position that is no longer there ends the start, or is moved to the oldest message. */
  readonly outOfRange: "fail" | "earliest";
  readonly log: (line: string) => void;
}

/**
 * The position of a checkpoint, or one that was reached since (`who`), where it still exists. Throws a `SourceError` where
 * it does not and may not be moved.
 */
export function standing(
  { outOfRange, log }: PositionOptions,
  topic: string,
  saved: number,
  { partition, earliest, end }: PartitionOffsets,
  who: "The checkpoint" | "Reading" = "The checkpoint",
): number {
  if (saved >= earliest && saved <= end) return saved;
  const what = `${who} stands at offset ${saved} of ${topic}/${partition}, which holds ${earliest} to ${end}`;
  if (outOfRange === "fail") {
    throw new SourceError(
      `${what}: start with \`source: {kafka: {out_of_range: earliest}}\` to go on at ${earliest}, or with --fresh`,
      "final",
    );
  }
  const means = saved > end ? "the log was made anew or cut off" : "what lay between is lost";
  log(`${what}: going on at ${earliest}; ${means}`);
  return earliest;
}

/** Where reading goes on when what it was to read next is gone. Throws as `standing` does, or a `KafkaError`. */
export async function standingNow(
  options: PositionOptions,
  kafka: Pick<Kafka, "offsets">,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  next: number,
): Promise<number> {
  const found = (await kafka.offsets(topic)).find((one) => one.partition === partition);
  return found === undefined ? next : standing(options, topic, next, found, "Reading");
}

/** Where a partition without a checkpoint begins; `atTime` holds offsets by partition where a time was asked for. */
export function beginning(
  { partition, earliest, end }: PartitionOffsets,
  from: "earliest" | "latest" | number,
  atTime: ReadonlyMap<number, number> | undefined,
): number {
  if (from === "earliest") return earliest;
  return from === "latest" ? end : atTime?.get(partition) ?? end;
}
