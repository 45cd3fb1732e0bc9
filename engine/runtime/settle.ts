/**
 * Hop 8, settle: what left the engine goes to its receivers. Each receiver has a lane of its own, so that one that is away
 * delays nobody else. A lane holds at most `queue` entries in memory; the others wait in the store, so memory stays
 * bounded however long a receiver is away. Order is kept among entries of the same fingerprint, and promised only there.
 */
import type { Verdict } from "../../sinks/sink.ts";
import type { Millis } from "../model/time.ts";
import { type Attempts, type Entry, type Parcel, readAttempts, readEntry } from "./settle/entry.ts";
import type { PendingEntry } from "./store.ts";

/** Where a lane ends. */
export interface Receiver {
  /** One verdict per parcel, in order; `seqs` are the numbers of the parcels in the outbox. */
  readonly deliver: (batch: readonly Parcel[], seqs: readonly number[]) => Promise<readonly Verdict[]>;
  readonly batchMax: number;
  /** Wait after so many failed tries, in milliseconds; undefined when that was the last. */
  readonly wait: (attempts: number) => Millis | undefined;
  /** Whether a receiver that takes none of a batch is away for all. False where each entry has an address of its own. */
  readonly isOne: boolean;
  /** Takes nothing before the checkpoint that contains it: what it is given stays given, with its number. */
  readonly savedOnly?: boolean;
  /** It cannot tell a second send: what it took is saved at once, so that a crash repeats no more than was in its hands. */
  readonly once?: boolean;
  /** What lanes of one sort are shown as together, in status, metrics and dead letters; absent: each by its name. */
  readonly family?: string;
  /** Entries that may wait; further ones are refused at once, instead of holding back what the task reads. */
  readonly max?: number;
  /** How long a batch may gather before it goes out short of `batchMax`; absent: not at all. */
  readonly gather?: Millis;
}

export interface LaneSettings {
  readonly name: string;
  /** Entries in memory at most. */
  readonly queue: number;
  /** Undelivered entries after which the lane asks the engine to take no further event. */
  readonly max: number;
  /** The wall clock. */
  readonly now: () => Millis;
  readonly sleep: (millis: Millis, signal: AbortSignal) => Promise<void>;
  /** Resolves when the task may deliver: its lease is younger than its term. */
  readonly mayDeliver: () => Promise<void>;
  /** Unsettled entries of the lane in the store, above a number. */
  readonly more: (after: number, limit: number) => Promise<readonly PendingEntry[]>;
  /** Called once for an entry that needs no further try. */
  readonly settled: (entry: Entry) => void;
  readonly tried: (entry: Entry, attempts: Attempts) => void;
  /** Called, before `settled`, for what the receiver will never take. */
  readonly rejected: (entry: Entry, reason: string) => void;
  /** Called when a receiver begins to fail, and with undefined when it works again. */
  readonly trouble: (reason: string | undefined) => void;
}

interface Waiting {
  readonly entry: Entry;
  /** Wall clock at which memory took it. */
  readonly since: Millis;
  attempts: Attempts | undefined;
  /** Wall clock of the last try that is known. */
  tried: Millis;
}

/** Whether a wait is over; a clock that is before the wait began was set back, and nobody waits until it is there again. */
function isOver(began: Millis, ends: Millis, now: Millis): boolean {
  return now >= ends || now < began;
}

/** Wait before the store is asked again, when it is away. */
const storeWaitMillis = 1_000;

export class DeliveryLane {
  delivered = 0;
  rejected = 0;
  /** Why the last try failed; undefined while the receiver works. */
  failing: string | undefined;
  private waiting: Waiting[] = [];
  /** Numbers that memory holds, or settled while the store does not know it yet. */
  private readonly known = new Set<number>();
  /** Saved entries that memory does not hold: those above `cursor` that are not known. */
  private stored: number;
  /** Entries that will be offered once the checkpoint that contains them is true. */
  private announced = 0;
  private cursor = -1;
  /** While the store is being asked: entries that found no room, and numbers that it has forgotten meanwhile. */
  private asking: { readonly missed: number[]; readonly forgotten: number[] } | undefined;
  /** The whole lane waits. */
  private rest: { readonly began: Millis; readonly ends: Millis } = { began: 0, ends: 0 };
  private running = false;
  private isStopped = false;
  private isHurried = false;
  private wakeUp = new AbortController();
  private watchers: (() => void)[] = [];

  /** `stored` entries wait in the store from an earlier life. */
  constructor(private readonly receiver: Receiver, private readonly settings: LaneSettings, stored = 0) {
    this.stored = stored;
    this.begin();
  }

  get name(): string {
    return this.settings.name;
  }

  /** What it is shown as. */
  get family(): string {
    return this.receiver.family ?? this.name;
  }

  /** Entries that are not delivered yet. */
  get size(): number {
    return this.waiting.length + this.stored;
  }

  /** What waits for its checkpoint counts: between two checkpoints there may be more of it than the lane may hold. */
  get isFull(): boolean {
    return this.receiver.max === undefined && this.size + this.announced >= this.settings.max;
  }

  /** Whether an entry may be offered that the store does not have. */
  get takesUnsaved(): boolean {
    return this.receiver.savedOnly !== true && this.hasRoom;
  }

  /** Whether memory can take a further entry. */
  get hasRoom(): boolean {
    return this.stored === 0 && this.waiting.length < this.settings.queue;
  }

  /** Says that an entry will be offered later. */
  announce(): void {
    this.announced++;
  }

  /** Takes an entry that was announced, once it is saved. */
  offerSaved(entry: Entry): void {
    this.announced--;
    this.offer(entry);
  }

  /** Takes an entry. Where there is no room it must have been saved: it is read back later. */
  offer(entry: Entry): void {
    if (this.size >= (this.receiver.max ?? Infinity)) {
      return this.refuse(entry, `${this.size} alerts wait for it already`);
    }
    if (this.hasRoom) this.hold(entry, undefined);
    else {
      this.stored++;
      this.asking?.missed.push(entry.seq);
    }
    this.begin();
  }

  /** The store has learnt that an entry is settled. */
  forget(seq: number): void {
    // Its answer may have been given before, and name what has been settled since.
    if (this.asking !== undefined) this.asking.forgotten.push(seq);
    else this.known.delete(seq);
  }

  /** Resolves at the next change: a batch that was tried, or a stop. */
  change(): Promise<void> {
    return new Promise((resolve) => this.watchers.push(resolve));
  }

  /** Gives up what is not delivered yet: it stays in the store. */
  stop(): void {
    this.isStopped = true;
    this.wakeUp.abort();
    this.tell();
  }

  /** No batch gathers any longer: what is here goes out. */
  hurry(): void {
    this.isHurried = true;
    this.begin();
  }

  private refuse(entry: Entry, reason: string): void {
    this.rejected++;
    this.settings.rejected(entry, reason);
    this.settings.settled(entry);
  }

  private hold(entry: Entry, attempts: Attempts | undefined): void {
    this.waiting.push({ entry, attempts, since: this.settings.now(), tried: attempts?.first ?? 0 });
    this.known.add(entry.seq);
  }

  private begin(): void {
    if (this.size === 0 || this.isStopped) return;
    if (this.running) this.wakeUp.abort();
    else void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    // Entries of the same slice go out together.
    await Promise.resolve();
    while (this.size > 0 && !this.isStopped) {
      await this.refill();
      const batch = this.ready();
      const wait = (batch.length === 0 ? this.nextTry() : this.gathersUntil(batch)) - this.settings.now();
      if (batch.length === 0 || wait > 0) await this.pause(wait);
      else {
        await this.settings.mayDeliver();
        if (!this.isStopped) await this.settle(batch);
      }
      this.tell();
    }
    this.running = false;
    this.tell();
  }

  /** Reads back what waits in the store, when memory is half empty. */
  private async refill(): Promise<void> {
    const { queue } = this.settings;
    try {
      // A page may hold nothing that memory does not know, so that the next one is read at once.
      while (this.stored > 0 && this.waiting.length <= queue / 2 && !this.isStopped) {
        await this.readBack(queue - this.waiting.length);
      }
    } catch (error) {
      this.settings.trouble(`what waits cannot be read: ${messageOf(error)}`);
      await this.pause(storeWaitMillis);
    }
  }

  private async readBack(limit: number): Promise<void> {
    const [missed, forgotten]: [number[], number[]] = [[], []];
    this.asking = { missed, forgotten };
    try {
      const found = await this.settings.more(this.cursor, limit);
      for (const { seq, text, state } of found) {
        this.cursor = seq;
        if (this.known.has(seq)) continue;
        this.stored--;
        this.hold(readEntry(seq, text), readAttempts(state));
      }
      // What was offered while the store was asked may lie behind what it answered.
      if (found.length < limit) this.stored = missed.filter((seq) => !this.known.has(seq)).length;
    } finally {
      this.asking = undefined;
      for (const seq of forgotten) this.known.delete(seq);
    }
  }

  /** What may be tried now: none whose fingerprint has an older entry that must wait. */
  private ready(): Waiting[] {
    const now = this.settings.now();
    const ready: Waiting[] = [];
    if (!isOver(this.rest.began, this.rest.ends, now)) return ready;
    const blocked = new Set<string>();
    for (const waiting of this.waiting) {
      if (ready.length >= this.receiver.batchMax) break;
      const { order } = waiting.entry;
      if (blocked.has(order)) continue;
      if (waiting.attempts === undefined || isOver(waiting.tried, waiting.attempts.next, now)) ready.push(waiting);
      else blocked.add(order);
    }
    return ready;
  }

  /** Until when a batch may grow: until its oldest entry has waited long enough, unless there is no more to come. */
  private gathersUntil(batch: readonly Waiting[]): Millis {
    const { gather = 0, batchMax } = this.receiver;
    if (gather === 0 || this.isHurried || this.isFull) return 0;
    if (batch.length >= Math.min(batchMax, this.settings.queue)) return 0;
    const oldest = batch.reduce((least, { since }) => Math.min(least, since), Infinity);
    return isOver(oldest, oldest + gather, this.settings.now()) ? 0 : oldest + gather;
  }

  /** When the next entry may be tried. What waits behind an older one of its fingerprint is due when that one is. */
  private nextTry(): Millis {
    let next = Infinity;
    const orders = new Set<string>();
    for (const { entry: { order }, attempts } of this.waiting) {
      if (!orders.has(order)) next = Math.min(next, attempts?.next ?? 0);
      orders.add(order);
    }
    return Math.max(this.rest.ends, Number.isFinite(next) ? next : this.settings.now() + storeWaitMillis);
  }

  private async pause(millis: Millis): Promise<void> {
    if (this.isStopped) return;
    this.wakeUp = new AbortController();
    await this.settings.sleep(Math.max(1, millis), this.wakeUp.signal);
  }

  private async settle(batch: readonly Waiting[]): Promise<void> {
    const verdicts = await this.verdicts(batch);
    const gone = new Set<Waiting>();
    let reason: string | undefined;
    for (const [i, waiting] of batch.entries()) {
      const verdict = verdicts[i] ?? { result: "retry", after: undefined, reason: "the sink gave no verdict" };
      if (verdict.result === "retry") reason ??= verdict.reason;
      if (this.judge(waiting, verdict)) gone.add(waiting);
    }
    this.waiting = this.waiting.filter((waiting) => !gone.has(waiting));
    if (gone.size === 0 && this.receiver.isOne) {
      const ends = Math.max(...batch.map(({ attempts }) => attempts?.next ?? 0));
      this.rest = { began: this.settings.now(), ends };
    }
    this.report(reason);
  }

  /** True when the entry needs no further try. */
  private judge(waiting: Waiting, verdict: Verdict): boolean {
    const { entry } = waiting;
    // What waited behind an earlier entry used up no try, and goes on waiting behind it.
    if (verdict.result === "retry" && verdict.untried === true) return false;
    if (verdict.result === "delivered") this.delivered++;
    else {
      const attempts = (waiting.attempts?.attempts ?? 0) + 1;
      const wait = verdict.result === "retry" ? this.receiver.wait(attempts) : undefined;
      if (wait !== undefined && verdict.result === "retry") {
        const now = waiting.tried = this.settings.now();
        waiting.attempts = { attempts, first: waiting.attempts?.first ?? now, next: now + (verdict.after ?? wait) };
        this.settings.tried(entry, waiting.attempts);
        return false;
      }
      const after = verdict.result === "retry" ? `given up after ${attempts} tries: ` : "";
      this.refuse(entry, after + verdict.reason);
      return true;
    }
    this.settings.settled(entry);
    return true;
  }

  /** A receiver that throws has said nothing about any parcel, so all are tried again. */
  private async verdicts(batch: readonly Waiting[]): Promise<readonly Verdict[]> {
    try {
      return await this.receiver.deliver(batch.map(({ entry }) => entry.parcel), batch.map(({ entry }) => entry.seq));
    } catch (error) {
      return batch.map(() => ({ result: "retry", after: undefined, reason: messageOf(error) }));
    }
  }

  private report(reason: string | undefined): void {
    if (reason !== this.failing) this.settings.trouble(reason);
    this.failing = reason;
  }

  private tell(): void {
    for (const watcher of this.watchers.splice(0)) watcher();
  }
}

/** Resolves when every lane is empty: true, or when `within` does: false, with what is undelivered left in its lane. */
export async function settled(lanes: readonly DeliveryLane[], within: Promise<void>): Promise<boolean> {
  let late = false;
  void within.then(() => late = true);
  for (const lane of lanes) lane.hurry();
  for (const lane of lanes) {
    while (lane.size > 0 && !late) await Promise.race([lane.change(), within]);
  }
  return lanes.every((lane) => lane.size === 0);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
