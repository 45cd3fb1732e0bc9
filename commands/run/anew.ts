/**
 * Starts that drop the state: `--fresh` begins where the deployment says, `--seek` replays the log from a time, and with
 * `--quiet-before` nothing of earlier event times is delivered. Said before anything is opened, or refused.
 */
import type { Kafka } from "../../engine/adapters/kafka/port.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { formatTime, type Millis } from "../../engine/model/time.ts";
import { partitionName } from "../../engine/runtime/source.ts";
import { type CheckpointStore, StoreError } from "../../engine/runtime/store.ts";
import { timeOption } from "../cli/time.ts";
import { type Given, UsageError } from "../command.ts";

export interface Anew {
  /** What was raised and not delivered is forgotten too. */
  readonly fresh: boolean;
  /** Time of the log from which it is replayed; undefined where the deployment says. */
  readonly seek: Millis | undefined;
  /** Event time before which nothing is delivered. */
  readonly quietBefore: Millis | undefined;
}

/** What the options ask for; undefined for a start that goes on. Throws a UsageError where they do not fit. */
export function anewOf(given: Given, { source }: Deployment): Anew | undefined {
  const fresh = given.flag("fresh");
  const [seek, quietBefore] = [timeOption(given, "seek"), timeOption(given, "quiet-before")];
  if (seek !== undefined && source.kind !== "kafka") {
    throw new UsageError(
      `Option \`--seek\` reads a log again, and the source is ${source.kind}: only Kafka keeps one; \`--fresh\` begins anew`,
    );
  }
  if (quietBefore !== undefined && seek === undefined && !fresh) {
    throw new UsageError(
      "Option `--quiet-before` is for a start that rebuilds state: say from when, with `--seek TIME`, or `--fresh`",
    );
  }
  return fresh || seek !== undefined ? { fresh, seek, quietBefore } : undefined;
}

/** What a start that drops its state says of itself. */
export function describeAnew({ fresh, seek, quietBefore }: Anew): string {
  const from = seek === undefined ? "" : `; replaying what the log holds from ${formatTime(seek)} on`;
  const quiet = quietBefore === undefined ? "" : `; nothing of before ${formatTime(quietBefore)} is delivered`;
  return `The state is dropped${fresh ? ", with what was not delivered" : ""}${from}${quiet}`;
}

/** Where partitions begin, by name: at the first record of a time or after. Rejects with a `KafkaError`. */
export async function startsAt(
  kafka: Kafka,
  topics: readonly string[],
  time: Millis,
  log: (line: string) => void,
): Promise<[name: string, offset: number][]> {
  const starts: [string, number][] = [];
  for (const topic of topics) {
    const found = await kafka.offsetsAt(topic, time);
    for (const { partition, earliest, end } of await kafka.offsets(topic)) {
      const name = partitionName({ topic, partition });
      const start = Math.max(found.get(partition) ?? end, earliest);
      if (start === earliest && earliest > 0) {
        log(`${name} holds nothing before offset ${earliest} any more: what was there cannot be replayed`);
      }
      starts.push([name, start]);
    }
  }
  return starts;
}

/** Throws a `StoreError` while alerts wait that nobody would deliver any more. */
export async function refuseUndelivered(
  store: Pick<CheckpointStore, "depths">,
  tasks: readonly string[],
): Promise<void> {
  const waiting = new Map<string, number>();
  for (const task of tasks) {
    for (const [lane, depth] of await store.depths(task)) waiting.set(lane, (waiting.get(lane) ?? 0) + depth);
  }
  const [first] = [...waiting].filter(([, depth]) => depth > 0);
  if (first === undefined) return;
  throw new StoreError(
    `${first[1]} alerts wait for the sink "${
      first[0]
    }" and would be lost with the state: start without \`--seek\` until ` +
      "they are delivered, or say `--fresh` too, which forgets them",
    "refused",
  );
}
