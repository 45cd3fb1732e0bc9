/**
 * What of a task's memory the store does not have yet, and what memory may give up because the store has it. Keys that
 * changed stand in a list of their own, so that a checkpoint costs what changed and nothing for the rest. A key that is
 * gone stays as an empty one until its deletion is saved: else a read of the store would bring it back.
 */
import { changed, type Keeper, type KeyedStage, type KeyState, replaced, type Stored } from "./keyed.ts";
import { type Changes, forget, readParts, readStoreKey, type SavedSlot, writeKey } from "./saved_state.ts";

export class Ledger {
  /** Memory holds every key that there is. */
  complete = true;
  private dirtyKeys: KeyState[] = [];
  private inFlight: KeyState[] = [];
  /** Deletions of what other plans left behind. */
  private leftovers: Changes = { states: [], timers: [] };
  /** Whether what a name has left behind may be deleted; names of the plan's own keepers are not asked for. */
  isOver: (owner: string) => boolean = () => false;
  /** Keys that may be empty once the event at hand is through. */
  private readonly emptied: KeyState[] = [];
  /** Where the eviction stands in each stage, as the hand of a clock. */
  private readonly hands = new Map<KeyedStage, Iterator<KeyState>>();

  /** Without `durable` nothing is noted: replay and tests keep nothing. */
  constructor(
    private readonly stages: ReadonlyMap<string, KeyedStage>,
    private readonly keepers: ReadonlyMap<string, Keeper>,
    /** Keepers by the names that their rules had before. */
    private readonly formers: ReadonlyMap<string, Keeper>,
    readonly durable: boolean,
  ) {}

  /** Notes that a slot changed; `before` is what it held, to see whether its state is another one now. */
  note(key: KeyState, slot: number, before: unknown): void {
    if (!this.durable) {
      if (key.stateOf(slot) === undefined) this.emptied.push(key);
      return;
    }
    const marks = key.marks ??= new Array(key.stage.keepers.length).fill(0);
    marks[slot] = marks[slot]! | changed | (key.stateOf(slot) === before ? 0 : replaced);
    key.used = true;
    if (key.dirty) return;
    key.dirty = true;
    this.dirtyKeys.push(key);
  }

  /** Forgets keys that nothing is kept of, once no rule is at work on them. */
  sweep(): void {
    for (let key = this.emptied.pop(); key !== undefined; key = this.emptied.pop()) {
      if (key.isEmpty()) key.stage.drop(key);
    }
  }

  /** Keys that changed since the last `collect`. */
  get dirty(): number {
    return this.dirtyKeys.length;
  }

  /** Keys in memory. */
  get keys(): number {
    let keys = 0;
    for (const stage of this.stages.values()) keys += stage.states.size;
    return keys;
  }

  /** Everything that changed since it was last asked. */
  collect(): Changes {
    const changes = this.leftovers;
    this.leftovers = { states: [], timers: [] };
    for (const key of this.dirtyKeys) {
      key.dirty = false;
      key.inFlight = true;
      writeKey(key, changes);
      this.inFlight.push(key);
    }
    this.dirtyKeys = [];
    return changes;
  }

  /** What was collected is in the store: keys that are gone may be forgotten, and others may leave memory. */
  saved(): void {
    for (const key of this.inFlight) {
      key.inFlight = false;
      if (!key.dirty && key.isEmpty()) key.stage.drop(key);
    }
    this.inFlight = [];
  }

  /** Takes in what the store has of a key; undefined when it has nothing. A key that is in memory stays as it is. */
  admit(name: string, parts: ReadonlyMap<string, string> | undefined): KeyState | undefined {
    const place = readStoreKey(name, this.stages);
    if (place === undefined || place.stage.states.has(place.text)) return undefined;
    const key = place.stage.make(place.text);
    if (parts === undefined) return key;
    key.stored = new Array(key.stage.keepers.length).fill(undefined);
    for (const [owner, saved] of readParts(parts)) {
      if (saved.parts.size > 0) this.load(key, key.stored, owner, saved);
    }
    return key;
  }

  /** Takes in what one name has kept for a key: a keeper's own, one that a rule had before it was renamed, or another. */
  private load(key: KeyState, stored: (Stored | undefined)[], owner: string, saved: SavedSlot): void {
    const keeper = this.keepers.get(owner) ?? this.formers.get(owner);
    const codec = keeper?.stage === key.stage ? keeper.operator.codec : undefined;
    if (keeper === undefined || codec === undefined) {
      if (this.isOver(owner)) forget(key, owner, saved, this.leftovers);
      return;
    }
    key.keep(keeper.slot, codec.load(saved.parts));
    key.setDue(keeper.slot, saved.due);
    if (keeper.name === owner) stored[keeper.slot] = { parts: [...saved.parts.keys()], due: saved.due };
    else {
      this.note(key, keeper.slot, undefined);
      forget(key, owner, saved, this.leftovers);
    }
  }

  /**
   * Drops clean keys that were not touched since it last came by, until at most `most` are left or none can go. Returns
   * how many went.
   */
  evict(most: number): number {
    const excess = this.keys - most;
    let left = excess;
    for (const stage of this.stages.values()) {
      for (let looks = 2 * stage.states.size; left > 0 && looks > 0; looks--) {
        const key = this.nextOf(stage);
        if (key === undefined) break;
        if (key.dirty || key.inFlight) continue;
        if (key.used) key.used = false;
        else {
          stage.drop(key);
          left--;
        }
      }
    }
    if (left < excess) this.complete = false;
    return Math.max(excess, 0) - Math.max(left, 0);
  }

  /** The key under the hand, which moves on; a map gives keys that were added meanwhile too. */
  private nextOf(stage: KeyedStage): KeyState | undefined {
    for (let turns = 0; turns < 2; turns++) {
      const hand = this.hands.get(stage) ?? stage.states.values();
      this.hands.set(stage, hand);
      const next = hand.next();
      if (next.done !== true) return next.value;
      this.hands.delete(stage);
    }
    return undefined;
  }
}
