/**
 * The outbox of a task: what was raised and not yet delivered. A checkpoint takes what is new in it and what lanes have
 * settled since; what waits for its checkpoint (`gated`) is offered to its lanes only when that checkpoint is true.
 */
import type { LaneChange, OutboxEntry } from "../store.ts";
import type { DeliveryLane } from "../settle.ts";
import { type Attempts, type Entry, orderOf, type Parcel, writeAttempts, writeEntry } from "./entry.ts";

/** An entry that the store does not have yet. */
interface Unsaved {
  readonly entry: Entry;
  /** Lanes that have not settled it. */
  readonly open: Set<string>;
  /** Lanes that were not offered it yet. */
  readonly later: readonly string[];
  /** A checkpoint with it is under way. */
  saving: boolean;
}

export interface OutboxChanges {
  readonly outbox: readonly OutboxEntry[];
  readonly lanes: readonly LaneChange[];
}

export class Outbox {
  private readonly unsaved = new Map<number, Unsaved>();
  private changes = new Map<string, LaneChange>();
  private saving: { entries: readonly Unsaved[]; changes: readonly LaneChange[] } = { entries: [], changes: [] };
  private lanes: ReadonlyMap<string, DeliveryLane> = new Map();
  /** By lane and order, the last entry that found no room: those behind it wait for their checkpoint as it does. */
  private readonly held = new Map<string, number>();
  /** Numbers up to this one are in the store, or settled. */
  savedSeq: number;

  /** `seq` is the number of the last entry of an earlier life. */
  constructor(private seq: number) {
    this.savedSeq = seq;
  }

  /** Lanes need the outbox to tell what they settle, so they come after it. */
  connect(lanes: ReadonlyMap<string, DeliveryLane>): void {
    this.lanes = lanes;
  }

  /** Number of the last entry. */
  get lastSeq(): number {
    return this.seq;
  }

  /** Entries and changes that the next checkpoint would write. */
  get dirty(): number {
    return this.unsaved.size + this.changes.size;
  }

  /** Adds what was raised. `gated`: it leaves only after the checkpoint that contains it. */
  add(parcel: Parcel, lanes: readonly string[], gated: boolean): void {
    if (lanes.length === 0) return;
    const entry = { seq: ++this.seq, parcel, order: orderOf(parcel) };
    const isFree = (name: string) =>
      this.lanes.get(name)?.takesUnsaved === true && !this.held.has(placeOf(name, entry));
    const now = gated ? [] : lanes.filter(isFree);
    const later = now.length === 0 ? lanes : lanes.filter((name) => !now.includes(name));
    if (!gated) { for (const name of later) this.held.set(placeOf(name, entry), entry.seq); }
    this.unsaved.set(entry.seq, { entry, open: new Set(lanes), later, saving: false });
    for (const name of now) this.lanes.get(name)?.offer(entry);
    for (const name of later) this.lanes.get(name)?.announce();
  }

  /** A lane needs no further try of an entry. */
  settled(lane: string, { seq }: Entry): void {
    const unsaved = this.unsaved.get(seq);
    if (unsaved === undefined || unsaved.saving) return this.change({ lane, seq, state: undefined });
    unsaved.open.delete(lane);
    this.lanes.get(lane)?.forget(seq);
    if (unsaved.open.size === 0) this.unsaved.delete(seq);
  }

  /** A lane has tried an entry in vain. Told to the store only once it has the entry. */
  tried(lane: string, { seq }: Entry, attempts: Attempts): void {
    const unsaved = this.unsaved.get(seq);
    if (unsaved === undefined || unsaved.saving) this.change({ lane, seq, state: writeAttempts(attempts) });
  }

  /** What the next checkpoint writes. It must become true, by `saved`, before this is called again. */
  collect(): OutboxChanges {
    const entries = [...this.unsaved.values()];
    for (const unsaved of entries) unsaved.saving = true;
    const changes = [...this.changes.values()];
    this.changes = new Map();
    this.saving = { entries, changes };
    return {
      outbox: entries.map(({ entry, open }) => ({ seq: entry.seq, text: writeEntry(entry), lanes: [...open] })),
      lanes: changes,
    };
  }

  /** The checkpoint that was collected last is true: what it holds may leave. */
  saved(): void {
    const { entries, changes } = this.saving;
    this.saving = { entries: [], changes: [] };
    for (const { lane, seq, state } of changes) if (state === undefined) this.lanes.get(lane)?.forget(seq);
    for (const { entry, later } of entries) {
      this.savedSeq = Math.max(this.savedSeq, entry.seq);
      this.unsaved.delete(entry.seq);
      for (const name of later) this.release(name, entry);
    }
  }

  private release(lane: string, entry: Entry): void {
    this.lanes.get(lane)?.offerSaved(entry);
    const place = placeOf(lane, entry);
    if (this.held.get(place) === entry.seq) this.held.delete(place);
  }

  private change(change: LaneChange): void {
    this.changes.set(`${change.seq} ${change.lane}`, change);
  }
}

function placeOf(lane: string, { order }: Entry): string {
  return `${lane} ${order}`;
}
