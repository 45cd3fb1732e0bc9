/**
 * One partition as the engine sees it: batches that wait, the next event decoded, and where reading, stepping and silence
 * have come to. Its position is the first offset that no checkpoint needs to hold.
 */
import type { Millis } from "../../model/time.ts";
import type { Input } from "../clock.ts";
import { type Arrival, Lane, type LaneOptions } from "../lane.ts";
import type { OpenedPartition, SourceBatch, SourcePartition } from "../source.ts";

/** Messages and bytes that wait at most before the source is asked to hold back, and below which it goes on. */
export interface FeedBounds {
  readonly messages: number;
  readonly bytes: number;
}

export class Feed {
  readonly partition: SourcePartition;
  /** As the source opened it. */
  readonly opened: OpenedPartition;
  /** First offset that was not stepped. */
  position: number;
  /** The position in the checkpoint that was collected last. */
  collected: number;
  /** Offset behind the newest message known. */
  end: number;
  /** Monotonic time since which the feed has had nothing to give. */
  quietSince: Millis;
  /** The source was asked to hold the partition back. */
  isHeld = false;
  /** No more will come. */
  hasEnded = false;
  /** Messages before this offset are taken, those from it on are not: the end of a drain. */
  stopAt: number;
  /** Inputs that its messages feed. */
  readonly inputs = new Set<Input>();
  /** Events, dead letters, tombstones, and messages that were deleted before they were read, so far. */
  readonly counts = { events: 0, dead: 0, skipped: 0, lost: 0 };
  private batches: SourceBatch[] = [];
  /** Offset that follows the last batch. */
  private next: number;
  /** A log that was made anew: where the old one ended, all of which is taken first, and batches of the new one. */
  private anew: { readonly oldEnd: number; readonly batches: SourceBatch[] } | undefined;
  private queued = { messages: 0, bytes: 0 };
  /** Messages that are no events, in order. */
  private readonly refusals: { readonly offset: number; readonly say: () => void }[] = [];
  private lane: Lane;

  constructor(opened: OpenedPartition, options: LaneOptions, drain: boolean, now: Millis) {
    const { stream, topic, partition, start, end } = opened;
    this.partition = { stream, topic, partition };
    this.opened = opened;
    this.position = this.collected = this.next = start;
    this.stopAt = drain ? end : Infinity;
    this.end = end;
    this.quietSince = now;
    this.lane = new Lane(options);
  }

  /** Queues a batch. */
  add(batch: SourceBatch): void {
    const messages = batch.messages.filter(({ offset }) => offset >= this.next && offset < this.stopAt);
    this.next = Math.min(Math.max(this.next, batch.next), this.stopAt);
    this.end = Math.max(this.end, batch.end);
    if (messages.length === 0) return;
    (this.anew?.batches ?? this.batches).push({ ...batch, messages });
    this.queued.messages += messages.length;
    this.queued.bytes += bytesOf(messages);
  }

  /**
   * What was to be read next is gone, and reading goes on elsewhere. Further on, what lay between is lost. Back, the log
   * was made anew or cut off: its offsets come a second time, how far it reaches is not known yet, and a drain has nothing
   * left of what it was to read.
   */
  goOnAt(next: number): void {
    const before = this.next;
    this.next = Math.min(next, this.stopAt);
    this.counts.lost += Math.max(0, this.next - before);
    if (this.next >= before) return;
    this.anew ??= { oldEnd: before, batches: [] };
    this.end = this.next;
    if (this.stopAt < Infinity) this.stopAt = this.next;
  }

  /** Event time of the next event; undefined when nothing waits. */
  peek(): Millis | undefined {
    for (;;) {
      const time = this.lane.peek();
      if (time !== undefined) return time;
      const batch = this.batches.shift();
      if (batch === undefined) return undefined;
      this.queued.messages -= batch.messages.length;
      this.queued.bytes -= bytesOf(batch.messages);
      this.lane.push(batch.messages);
    }
  }

  /** Takes the next event out. */
  shift(): Arrival | undefined {
    return this.lane.shift();
  }

  /** Offset that the source reads next. */
  get reading(): number {
    return this.next;
  }

  /** Whether more is known to come: the merge must wait for it. */
  get isBehind(): boolean {
    return !this.hasEnded && this.next < Math.min(this.end, this.stopAt);
  }

  /** Whether the feed of a drain has given all that it will. */
  get isDone(): boolean {
    return this.hasEnded || this.next >= this.stopAt;
  }

  isOver({ messages, bytes }: FeedBounds): boolean {
    return this.queued.messages > messages || this.queued.bytes > bytes;
  }

  /** Nothing is being stepped: what is no event before the next one, or at the end, needs no reading again. */
  settlePosition(): void {
    if (this.peek() === undefined) this.leaveOldLog();
    this.moveTo(this.peek() === undefined ? this.next : this.lane.headOffset ?? this.position);
  }

  /** All of the old log is taken: only now do offsets, those of refusals too, mean the new one. */
  private leaveOldLog(): void {
    if (this.anew === undefined) return;
    this.moveTo(this.anew.oldEnd);
    this.batches = this.anew.batches;
    this.anew = undefined;
  }

  /** Everything before an offset is taken, or no event. */
  moveTo(position: number): void {
    this.position = position;
    while (this.refusals[0] !== undefined && this.refusals[0].offset < position) this.refusals.shift()?.say();
  }

  /** A message is no event: `say` is called when all that lies before it is taken, so that nobody reads it again then. */
  refuse(offset: number, say: () => void): void {
    this.refusals.push({ offset, say });
  }

  /** Reads on under another plan: what was decoded but not stepped is decoded anew. */
  replan(options: LaneOptions): void {
    const waiting = this.lane.rest();
    this.lane = new Lane(options);
    this.lane.push(waiting);
    this.inputs.clear();
  }
}

function bytesOf(messages: SourceBatch["messages"]): number {
  let sum = 0;
  for (const { value } of messages) sum += value?.length ?? 0;
  return sum;
}
