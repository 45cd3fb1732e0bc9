/** What one task has on the shelf of the memory store: the part that survives the "process" that wrote it. */
import type { Millis } from "../../model/time.ts";
import type { Checkpoint, Fence, LaneChange, OutboxEntry, PendingEntry, StateChange } from "../../runtime/store.ts";
import { Parts } from "./parts.ts";
import { Timers } from "./timers.ts";

/** Durable for as long as someone holds it: stores made from one shelf are processes with one database. */
export interface Shelf {
  readonly tasks: Map<string, Kept>;
  readonly texts: Map<string, string>;
}

export function emptyShelf(): Shelf {
  return { tasks: new Map(), texts: new Map() };
}

interface KeptEntry {
  readonly text: string;
  open: number;
}

export class Kept {
  epoch = 0;
  owner = "";
  until: Millis = 0;
  number = 0;
  /** Epoch of the fence that wrote that number. */
  writer = 0;
  head: string | undefined;
  states = new Map<string, Parts>();
  timers = new Timers();
  private outbox = new Map<number, KeptEntry>();
  /** By lane, the entries that it has not settled, by rising number, with its own text. */
  private lanes = new Map<string, Map<number, string>>();

  isOwnedBy({ epoch, owner }: Fence): boolean {
    return this.epoch === epoch && this.owner === owner;
  }

  /** Makes a checkpoint true. Synchronous, hence as a whole. */
  apply({ epoch }: Fence, checkpoint: Checkpoint): void {
    for (const change of checkpoint.states) this.setState(change);
    for (const { id, due } of checkpoint.timers) this.timers.set(id, due);
    for (const entry of checkpoint.outbox) this.addEntry(entry);
    for (const change of checkpoint.lanes) this.setLane(change);
    this.number = checkpoint.number;
    this.writer = epoch;
    this.head = checkpoint.head;
  }

  pending(lane: string, after: number, limit: number): readonly PendingEntry[] {
    const found: PendingEntry[] = [];
    for (const [seq, state] of this.lanes.get(lane) ?? []) {
      if (found.length >= limit) break;
      if (seq > after) found.push({ seq, text: this.outbox.get(seq)!.text, state });
    }
    return found;
  }

  depths(): ReadonlyMap<string, number> {
    return new Map([...this.lanes].filter(([, entries]) => entries.size > 0).map(([lane, { size }]) => [lane, size]));
  }

  /** Forgets everything but the claim. */
  drop(): void {
    this.number = 0;
    this.head = undefined;
    this.states = new Map();
    this.timers = new Timers();
    this.outbox = new Map();
    this.lanes = new Map();
  }

  private setState({ key, part, text }: StateChange): void {
    let parts = this.states.get(key);
    if (parts === undefined) {
      if (text === undefined) return;
      this.states.set(key, parts = new Parts());
    }
    if (text !== undefined) parts.set(part, text);
    else parts.delete(part);
    if (parts.size === 0) this.states.delete(key);
  }

  private addEntry({ seq, text, lanes }: OutboxEntry): void {
    if (lanes.length === 0) return;
    this.outbox.set(seq, { text, open: lanes.length });
    for (const lane of lanes) this.lanes.set(lane, (this.lanes.get(lane) ?? new Map<number, string>()).set(seq, ""));
  }

  private setLane({ lane, seq, state }: LaneChange): void {
    const entries = this.lanes.get(lane);
    if (entries === undefined || !entries.has(seq)) return;
    if (state !== undefined) {
      entries.set(seq, state);
      return;
    }
    entries.delete(seq);
    const entry = this.outbox.get(seq)!;
    if (--entry.open === 0) this.outbox.delete(seq);
  }
}
