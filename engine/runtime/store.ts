/**
 * The port of durable state (runtime.md §3). A task has one writer, known by its fence; a checkpoint is everything that
 * changed since the one before and becomes true as a whole or not at all. Keys, parts, timer ids and texts are the
 * task's own, any well-formed Unicode: a store does not look into them.
 */
import type { Millis } from "../model/time.ts";

/** `away`: it may pass, try again. `refused`: the operator has to change something; the message says what. */
export type StoreState = "away" | "refused";

/** The one error of stores: a sentence, and whether trying again can help. */
export class StoreError extends Error {
  override readonly name = "StoreError";

  constructor(message: string, readonly state: StoreState, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The right to write a task: claiming it anew changes both numbers, and every older fence is refused from then on. */
export interface Fence {
  readonly task: string;
  /** Rises by one with every claim. */
  readonly epoch: number;
  /** Random name of the claimant. */
  readonly owner: string;
}

export interface Claimed {
  readonly fence: Fence;
  /** Number of the last checkpoint that is true; 0 before the first. */
  readonly number: number;
  /** What the last checkpoint wrote as its head; undefined before the first. */
  readonly head: string | undefined;
}

export interface ClaimOptions {
  /** How long the claim holds without `renew`, in milliseconds. */
  readonly term: Millis;
  /** Takes the task even while another's term runs: where Kafka's assignment decides who owns it. */
  readonly steal: boolean;
}

/** One part of the state of a key; undefined deletes it. A key without parts is gone. */
export interface StateChange {
  readonly key: string;
  readonly part: string;
  readonly text: string | undefined;
}

/** When a timer is due; undefined deletes it. */
export interface TimerChange {
  readonly id: string;
  readonly due: Millis | undefined;
}

/** What must be delivered, held once however many lanes it has. */
export interface OutboxEntry {
  /** Rises by one within the task. */
  readonly seq: number;
  readonly text: string;
  readonly lanes: readonly string[];
}

/** What became of an entry in one lane: its attempts as a text of the lane's own, or undefined when it is settled. */
export interface LaneChange {
  readonly lane: string;
  readonly seq: number;
  readonly state: string | undefined;
}

export interface Checkpoint {
  /** One more than the number before; the same number from the same fence again is answered as saved. */
  readonly number: number;
  /** Offsets, watermarks, clocks, plan: small, written whole. */
  readonly head: string;
  readonly states: readonly StateChange[];
  readonly timers: readonly TimerChange[];
  readonly outbox: readonly OutboxEntry[];
  readonly lanes: readonly LaneChange[];
}

/**
 * `fenced`: another has claimed the task. `unfollowed`: the store's number is not the one before (it was set back, or
 * lost the claim): the writer drops its memory and, where it still owns the task, claims it anew and restores from that.
 * Errors of the connection are thrown.
 */
export type Saved = "saved" | "fenced" | "unfollowed";

export interface PendingEntry {
  readonly seq: number;
  readonly text: string;
  /** The lane's own text from its last `LaneChange`; "" before the first. */
  readonly state: string;
}

/**
 * Every function throws a `StoreError`; what was asked may then have happened or not. A save that threw is asked again
 * with the same checkpoint until it is answered: until then what it changed must be read from memory, not from here.
 */
export interface CheckpointStore {
  /** Connects and checks that the store can keep what it is given; when not, the error names the way out. */
  readonly open: () => Promise<void>;
  /** Claims a task; while another's term runs and `steal` is false, says how long it still runs unless renewed. */
  readonly claim: (
    task: string,
    owner: string,
    options: ClaimOptions,
  ) => Promise<Claimed | { readonly heldFor: Millis }>;
  /** Extends the claim by `term` from now; false when it is another's. */
  readonly renew: (fence: Fence, term: Millis) => Promise<boolean>;
  /** Gives the claim up, so that a standby need not wait for its end. */
  readonly release: (fence: Fence) => Promise<void>;
  /** Parts of each key by name, in the order asked; undefined for a key that is not kept. One round trip. */
  readonly read: (
    task: string,
    keys: readonly string[],
  ) => Promise<readonly (ReadonlyMap<string, string> | undefined)[]>;
  /** Timers by due time, then by code points of the id: due at or before `until`, at most `limit`, after the one given. */
  readonly timers: (
    task: string,
    until: Millis,
    limit: number,
    after?: { readonly due: Millis; readonly id: string },
  ) => Promise<readonly { readonly id: string; readonly due: Millis }[]>;
  /** Entries that a lane has not settled, by rising `seq`, those above `after`: fewer than `limit` only where no more are. */
  readonly pending: (task: string, lane: string, after: number, limit: number) => Promise<readonly PendingEntry[]>;
  /** Every unsettled entry of the task counted by lane. */
  readonly depths: (task: string) => Promise<ReadonlyMap<string, number>>;
  /** One at a time for a task. An entry is forgotten once every lane of it is settled. */
  readonly save: (fence: Fence, checkpoint: Checkpoint) => Promise<Saved>;
  /** Texts of the whole application, such as the plan in force. */
  readonly get: (name: string) => Promise<string | undefined>;
  /** With `expect` writes only over that text, with null only where there is none; else says false. */
  readonly put: (name: string, text: string, expect?: string | null) => Promise<boolean>;
  /** Deletes everything kept for a task but its claim, for `--fresh` and `--seek`: its next checkpoint is the first. */
  readonly drop: (task: string) => Promise<void>;
  readonly close: () => Promise<void>;
}
