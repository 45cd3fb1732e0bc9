/** A store as one test sees it, and short ways to write what tests say often. */
import type {
  Checkpoint,
  CheckpointStore,
  Claimed,
  Fence,
  LaneChange,
  OutboxEntry,
  StateChange,
  TimerChange,
} from "../../engine/runtime/store.ts";

export interface StoreTrial {
  /** Opens the trial's data as a further process would. The trial closes it. */
  readonly store: () => Promise<CheckpointStore>;
  /**
   * Does something with a store whose process or connection ends at the given step, counted from 0. False when it came to
   * its end before.
   */
  readonly crash: (step: number, act: (store: CheckpointStore) => Promise<unknown>) => Promise<boolean>;
  readonly remove: () => Promise<void>;
}

export type Case = (trial: StoreTrial) => Promise<void>;
export type Cases = { readonly [name: string]: Case };

/** Long enough to outlive every test. */
export const minute = 60_000;

/** Claims a task, another's or not. */
export async function claimed(store: CheckpointStore, task = "t", owner = "a", steal = true): Promise<Claimed> {
  const answer = await store.claim(task, owner, { term: minute, steal });
  if ("heldFor" in answer) throw new Error(`"${task}" is held for ${answer.heldFor} ms`);
  return answer;
}

/** Claims a task as soon as another's term is over. */
export async function claimedInTime(store: CheckpointStore, task: string, owner: string): Promise<Claimed> {
  for (;;) {
    const answer = await store.claim(task, owner, { term: minute, steal: false });
    if (!("heldFor" in answer)) return answer;
  }
}

export interface Changes {
  readonly head?: string;
  readonly states?: readonly (readonly [key: string, part: string, text: string | undefined])[];
  readonly timers?: readonly (readonly [id: string, due: number | undefined])[];
  readonly outbox?: readonly (readonly [seq: number, text: string, ...lanes: string[]])[];
  readonly lanes?: readonly (readonly [lane: string, seq: number, state: string | undefined])[];
}

export function checkpoint(number: number, changes: Changes = {}): Checkpoint {
  return {
    number,
    head: changes.head ?? `head ${number}`,
    states: (changes.states ?? []).map(([key, part, text]): StateChange => ({ key, part, text })),
    timers: (changes.timers ?? []).map(([id, due]): TimerChange => ({ id, due })),
    outbox: (changes.outbox ?? []).map(([seq, text, ...lanes]): OutboxEntry => ({ seq, text, lanes })),
    lanes: (changes.lanes ?? []).map(([lane, seq, state]): LaneChange => ({ lane, seq, state })),
  };
}

/** Saves, and throws when it was refused. */
export async function saved(store: CheckpointStore, fence: Fence, number: number, changes?: Changes): Promise<void> {
  const answer = await store.save(fence, checkpoint(number, changes));
  if (answer !== "saved") throw new Error(`checkpoint ${number} was ${answer}`);
}

/** The kept parts of one key as an object; undefined for a key that is not kept. */
export async function partsOf(store: CheckpointStore, key: string, task = "t"): Promise<unknown> {
  const [parts] = await store.read(task, [key]);
  return parts === undefined ? undefined : Object.fromEntries(parts);
}
