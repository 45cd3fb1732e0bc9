/** The partitions of one task, as an instance reads them: batches of any size, messages that are handed over again. */
import type { Millis } from "../../../engine/model/time.ts";
import type { RawMessage } from "../../../engine/runtime/ports.ts";
import type { Position } from "../../../engine/runtime/engine/options.ts";
import type { KeySet } from "../../../engine/runtime/many/key_sets.ts";
import type { TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import { type OpenedPartition, partitionName, type Source, type SourceReader } from "../../../engine/runtime/source.ts";
import type { Chance } from "../chance.ts";
import { type Partition, rawOf } from "../log.ts";
import type { Process } from "../process.ts";
import type { Case } from "./case.ts";
import type { Outside } from "./outside.ts";

export interface SourceNeeds {
  readonly given: Case;
  readonly outside: Outside;
  readonly process: Process;
  readonly chance: Chance;
}

const encoder = new TextEncoder();

export function sourceOf(needs: SourceNeeds, unit: TaskUnit, keySet: KeySet | undefined, position: Position): Source {
  const { process, outside, chance, given: { log, settings } } = needs;
  const held = new Set<string>();
  const next = new Map<OpenedPartition, number>();
  let reader: SourceReader | undefined;

  const messagesOf = (partition: OpenedPartition) =>
    keySet === undefined ? sourceMessages(log, partition, outside.now()) : outside.records(partition);

  function fetch(): void {
    if (reader === undefined) return;
    const ready = [...next].filter(([one, at]) => at < messagesOf(one).length && !held.has(partitionName(one)));
    const [partition, at] = ready[chance.whole(0, Math.max(0, ready.length - 1))] ?? [];
    if (partition !== undefined && at !== undefined) handOver(reader, partition, at);
    process.after(ready.length === 0 ? 5 : chance.next() * 3, fetch);
  }

  function handOver(to: SourceReader, partition: OpenedPartition, at: number): void {
    const messages = messagesOf(partition);
    const behind = Math.min(messages.length, at + chance.whole(1, settings.batch));
    const from = Math.max(0, at - chance.whole(0, settings.overlap));
    next.set(partition, behind);
    to.batch(partition, { messages: messages.slice(from, behind), next: behind, end: messages.length });
  }

  return {
    async open() {
      await process.wait(outside.latency());
      next.clear();
      const opened = keySet === undefined
        ? openedSources(log, unit, position)
        : openedPassed(log, unit, keySet, position);
      for (const partition of opened) next.set(partition, partition.start);
      return opened;
    },
    start(given) {
      reader = given;
      process.after(chance.next(), fetch);
      return Promise.resolve();
    },
    pause: (partition) => void held.add(partitionName(partition)),
    resume: (partition) => void held.delete(partitionName(partition)),
    ends: () => Promise.resolve(new Map([...next].map(([one]) => [partitionName(one), messagesOf(one).length]))),
    commit: () => Promise.resolve(),
    close() {
      reader = undefined;
      return Promise.resolve();
    },
  };
}

function openedSources(log: readonly Partition[], { partitions }: TaskUnit, position: Position): OpenedPartition[] {
  return log.filter((one) => partitions.some((of) => of.topic === one.stream && of.partition === one.partition)).map(
    ({ stream, partition, messages }) => {
      const start = position(stream, partition) ?? 0;
      return { stream, topic: stream, partition, start, end: messages.length };
    },
  );
}

/** The end of what is passed on is known only by the ends of the source partitions behind it. */
function openedPassed(
  log: readonly Partition[],
  { partitions }: TaskUnit,
  { streams }: KeySet,
  position: Position,
): OpenedPartition[] {
  const names = log.filter(({ stream }) => streams.has(stream)).map(({ stream, partition }) => {
    return { stream, topic: stream, partition };
  });
  return partitions.map(({ topic, partition }) => {
    const start = position(topic, partition) ?? 0;
    return { stream: topic, topic, partition, start, end: Infinity, names, isPassed: true };
  });
}

/** The messages of a partition that are there. */
function sourceMessages(
  log: readonly Partition[],
  { stream, partition }: OpenedPartition,
  now: Millis,
): readonly RawMessage[] {
  const found = log.find((one) => one.stream === stream && one.partition === partition);
  const messages = found?.messages ?? [];
  const missing = messages.findIndex(({ at }) => at > now);
  return messages.slice(0, missing < 0 ? undefined : missing).map(({ content }, offset) => {
    const value = encoder.encode(rawOf(content));
    return { topic: stream, partition, offset, timestamp: undefined, key: null, value };
  });
}
