/**
 * A simulated source over the log: batches of any size in any order of partitions, messages handed over again, partitions
 * that come later, a first look that fails.
 */
import type { RawMessage } from "../../engine/runtime/ports.ts";
import type { Position } from "../../engine/runtime/engine/options.ts";
import {
  type OpenedPartition,
  partitionName,
  type Source,
  SourceError,
  type SourceReader,
} from "../../engine/runtime/source.ts";
import { type Partition, rawOf } from "./log.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

const encoder = new TextEncoder();

export function simulatedSource(world: World, process: Process, position: Position): Source {
  const { scenario: { log, settings }, chance } = world;
  const held = new Set<string>();
  const next = new Map<Partition, number>();
  let reader: SourceReader | undefined;

  const opened = (partition: Partition): OpenedPartition => {
    const start = position(partition.stream, partition.partition) ?? 0;
    next.set(partition, start);
    return { ...nameOf(partition), start, end: world.available(partition) };
  };

  const isThere = ({ at }: Partition) => at <= world.timeline.now;

  /** Tells of partitions that are there now, before anything that came after them. */
  function announce(): void {
    for (const partition of log) {
      if (next.has(partition) || !isThere(partition)) continue;
      world.note(`${process.name} is told of ${partitionName(nameOf(partition))}`);
      reader?.added(opened(partition));
    }
  }

  function fetch(): void {
    if (reader === undefined) return;
    announce();
    const ready = [...next].filter(([partition, at]) =>
      at < world.available(partition) && !held.has(partitionName(nameOf(partition)))
    );
    const chosen = ready[chance.whole(0, Math.max(0, ready.length - 1))];
    if (chosen !== undefined) handOver(...chosen);
    const isOver = log.every((partition) => (next.get(partition) ?? 0) >= partition.messages.length);
    if (!isOver) process.after(ready.length === 0 ? 1 : chance.next() * 3, fetch);
  }

  function handOver(partition: Partition, at: number): void {
    world.pass(process, "poll", "before");
    if (!process.isAlive) return;
    const end = world.available(partition);
    const to = Math.min(end, at + chance.whole(1, settings.batch));
    const from = Math.max(0, at - chance.whole(0, settings.overlap));
    next.set(partition, to);
    world.note(`${process.name} gets ${partitionName(nameOf(partition))} ${from} to ${to} of ${end}`);
    reader?.batch(nameOf(partition), { messages: messagesOf(partition, from, to), next: to, end });
    world.pass(process, "poll", "after");
  }

  return {
    async open() {
      const before = world.pass(process, "open", "before");
      await process.wait(world.latency());
      if (before?.is === "no answer") throw new SourceError("the broker does not answer", "away");
      next.clear();
      const found = log.filter(isThere).map(opened);
      world.pass(process, "open", "after");
      await process.wait(0);
      return found;
    },
    start(given) {
      reader = given;
      process.after(chance.next(), fetch);
      return Promise.resolve();
    },
    pause: (partition) => void held.add(partitionName(partition)),
    resume: (partition) => void held.delete(partitionName(partition)),
    async ends() {
      const ends = new Map(log.map((one) => [partitionName(nameOf(one)), world.available(one)]));
      await process.wait(world.latency());
      return ends;
    },
    commit: () => Promise.resolve(),
    close() {
      reader = undefined;
      return Promise.resolve();
    },
  };
}

function nameOf({ stream, partition }: Partition) {
  return { stream, topic: stream, partition };
}

function messagesOf({ stream, partition, messages }: Partition, from: number, to: number): RawMessage[] {
  return messages.slice(from, to).map(({ content }, i) => ({
    topic: stream,
    partition,
    offset: from + i,
    timestamp: undefined,
    key: null,
    value: encoder.encode(rawOf(content)),
  }));
}
