/**
 * The routes of many instances (alerts.md §2): one instance at a time, whoever has the claim, reads the outboxes of all
 * tasks in the store and takes what waits there for the routes; how far it has come is told in the store. The owners of
 * the tasks settle what was taken. When the instance is gone, another claims the routes and goes on from their checkpoint.
 */
import type { Millis } from "../../model/time.ts";
import type { Timekeeper } from "../engine/options.ts";
import type { Receiver } from "../settle.ts";
import { readEntry } from "../settle/entry.ts";
import { type CheckpointStore, StoreError } from "../store.ts";
import { readRoutesHead, routesTask, writeRoutesHead } from "./head.ts";
import type { RoutesTask } from "./task.ts";

export interface GatheringOptions {
  readonly routes: RoutesTask;
  readonly store: CheckpointStore;
  readonly owner: string;
  readonly term: Millis;
  readonly time: Timekeeper;
  readonly log: (line: string) => void;
  /** Names of the tasks there are now. */
  readonly tasks: () => readonly string[];
  /** The lane in which alerts wait for the routes. */
  readonly lane: string;
}

/** How often outboxes are looked at, and what was taken of them is asked for. */
const lookMillis = 300;
/** Longest wait between two tries to get the claim. */
const claimMillis = 1_000;
/** Alerts of one task that are taken together. */
const page = 500;

const textName = "routes taken";
const version = "1";

type Taken = { readonly [task: string]: number };

/** How far the routes have taken each outbox. Throws what the store says. */
export async function readTaken(store: Pick<CheckpointStore, "get">): Promise<Taken> {
  const text = await store.get(textName);
  const taken: Taken = text === undefined ? {} : JSON.parse(text.slice(version.length));
  return taken;
}

/** Forgets everything of the routes: outboxes begin anew. Throws what the store says. */
export async function forgetRoutes(store: CheckpointStore): Promise<void> {
  await store.drop(routesTask);
  await store.put(textName, `${version}{}`);
}

/**
 * Outboxes begin anew, of which nothing has been read; groups, timers and what waits for sinks stay. For a moment when no
 * instance runs. Throws what the store says.
 */
export async function rewindRoutes(store: CheckpointStore): Promise<void> {
  const claimed = await store.claim(routesTask, rewinder, { term: claimMillis, steal: true });
  if (!("heldFor" in claimed) && claimed.head !== undefined) {
    const head = writeRoutesHead({ ...readRoutesHead(claimed.head), positions: {} });
    const none = { states: [], timers: [], outbox: [], lanes: [] };
    const saved = await store.save(claimed.fence, { number: claimed.number + 1, head, ...none });
    await store.release(claimed.fence);
    if (saved !== "saved") throw new StoreError("The routes are another instance's", "away");
  }
  await store.put(textName, `${version}{}`);
}

const rewinder = "rewind";

export class Gathering {
  private readonly stopped = new AbortController();
  private looping: Promise<void> = Promise.resolve();
  /** One after the other: what one has read but not saved is not told by another. */
  private gathering: Promise<unknown> = Promise.resolve();
  /** What was told last, and when it was asked for on the monotonic clock. */
  private known: { readonly at: Millis; readonly taken: Promise<Taken> } | undefined;
  /** This instance has the claim. */
  private isOurs = false;
  private hasEnded = false;

  constructor(private readonly options: GatheringOptions) {}

  start(): void {
    this.looping = this.loop();
  }

  /** Where the lane of routes of a task ends: what it holds stays pending until the routes have taken it. */
  receiver(task: string): Receiver {
    return {
      batchMax: page,
      isOne: true,
      savedOnly: true,
      wait: (attempts) => this.options.time.backoff(attempts - 1),
      deliver: async (batch, seqs) => {
        while (((await this.taken())[task] ?? 0) < Math.max(...seqs)) await this.rest(lookMillis);
        return batch.map(() => ({ result: "delivered" }));
      },
    };
  }

  /** All tasks here have ended: what waits is taken and, where it can be, delivered; another instance goes on. */
  async conclude(over: Promise<void>, isDrained: boolean): Promise<void> {
    const { routes, log } = this.options;
    if (this.isOurs && !this.hasEnded) {
      try {
        await this.gather();
        await routes.conclude(over, isDrained);
      } catch (error) {
        log(`The routes stop with what they have: ${messageOf(error)}`);
      }
    }
    this.stopped.abort();
    await this.looping;
  }

  private async loop(): Promise<void> {
    const { routes, time, log } = this.options;
    const { signal } = this.stopped;
    for (let attempt = 0, said = ""; !signal.aborted;) {
      try {
        await this.claimed();
        if (signal.aborted) return;
        this.hasEnded = false;
        await routes.begin({ seq: undefined, finish: () => this.hasEnded = true });
        this.isOurs = true;
        log("The routes run here");
        for (attempt = 0, said = ""; !signal.aborted && !this.hasEnded;) {
          if (await this.gather() === 0) await time.sleep(lookMillis, signal);
        }
      } catch (error) {
        if (messageOf(error) !== said) log(`The routes: ${said = messageOf(error)}; trying again`);
        await time.sleep(time.backoff(attempt++), signal);
      } finally {
        this.isOurs = false;
        await routes.end();
      }
    }
  }

  /** Resolves when no other instance has the routes, or at a stop. */
  private async claimed(): Promise<void> {
    const { store, owner, term, time } = this.options;
    while (!this.stopped.signal.aborted) {
      const claim = await store.claim(routesTask, owner, { term, steal: false });
      if (!("heldFor" in claim)) return;
      await time.sleep(Math.min(claim.heldFor + 1, claimMillis), this.stopped.signal);
    }
  }

  private gather(): Promise<number> {
    const gathered = this.gathering.then(() => this.gatherOnce());
    this.gathering = gathered.catch(() => {});
    return gathered;
  }

  /** Takes what waits in the outboxes; how much it was. */
  private async gatherOnce(): Promise<number> {
    const { routes, store, tasks, lane } = this.options;
    let count = 0;
    for (const task of new Set([...tasks(), ...routes.positions.keys()])) {
      const waiting = await store.pending(task, lane, routes.positions.get(task) ?? 0, page);
      if (waiting.length === 0) continue;
      await routes.take(
        task,
        waiting.map(({ seq, text }) => readEntry(seq, text).parcel),
        waiting.map(({ seq }) => seq),
      );
      count += waiting.length;
    }
    // Also where nothing was taken: who had the routes before may have been killed before it told, or tells still.
    const text = version + JSON.stringify(Object.fromEntries(routes.positions));
    if (await store.get(textName) !== text) await store.put(textName, text);
    return count;
  }

  private taken(): Promise<Taken> {
    const now = this.options.time.monotonic();
    if (this.known === undefined || now >= this.known.at + lookMillis) {
      this.known = { at: now, taken: readTaken(this.options.store) };
    }
    return this.known.taken;
  }

  /** Throws once the instance stops: nobody waits any longer. */
  private async rest(millis: Millis): Promise<void> {
    const { signal } = this.stopped;
    await this.options.time.sleep(millis, signal);
    if (signal.aborted) throw new Error("the instance stops");
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
