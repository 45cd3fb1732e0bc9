/**
 * A simulated store: a request travels, is done as a whole, and its answer travels back; either may be lost, and the store
 * may be away or be set back to what it was. What is durable is the memory store's shelf, which no process owns.
 */
import { emptyShelf, memoryStore, type Shelf } from "../../engine/adapters/memory.ts";
import type { Checkpoint, CheckpointStore, Fence } from "../../engine/runtime/store.ts";
import { readHead } from "../../engine/runtime/engine/head.ts";
import { StoreError } from "../../engine/runtime/store.ts";
import { readEntry } from "../../engine/runtime/settle/entry.ts";
import { clone } from "./clone.ts";
import type { Hop } from "./faults.ts";
import type { Process } from "./process.ts";
import { nameOf } from "./sink.ts";
import type { Stretch, Version } from "./stretches.ts";
import type { World } from "./world.ts";

/** Checkpoints that can be gone back. */
const history = 6;

export class SimulatedStore {
  /** Names of what a checkpoint contained that was true. */
  readonly saved = new Set<string>();
  private readonly shelf: Shelf = emptyShelf();
  private readonly inner: CheckpointStore;
  private readonly past: Shelf[] = [];
  private positions: ReadonlyMap<string, number> = new Map();
  /** Stretches of the log by the plan under which they were saved. */
  readonly stretches: Stretch[] = [];
  private awayUntil = -1;

  constructor(private readonly world: World) {
    this.inner = memoryStore(this.shelf, () => world.timeline.now);
  }

  /** Nothing is answered for a while. */
  goAway(millis: number): void {
    this.awayUntil = this.world.timeline.now + millis;
  }

  /** Answers from now on. */
  comeBack(): void {
    this.awayUntil = -1;
  }

  /** What the store was before the last so many checkpoints; false when there is nothing so old. */
  setBack(checkpoints: number): boolean {
    const older = this.past.at(-checkpoints);
    if (older === undefined) return false;
    this.past.splice(this.past.length - checkpoints);
    Object.assign(this.shelf, clone(older));
    return true;
  }

  /** Name of the owner of the task. */
  owner(): string | undefined {
    return this.shelf.tasks.get("all")?.owner;
  }

  /** Undelivered entries by lane. */
  depths(): Promise<ReadonlyMap<string, number>> {
    return this.inner.depths("all");
  }

  /** The store as a process reaches it. */
  of(process: Process): CheckpointStore {
    const ask = <T>(hop: Hop, what: string, act: () => Promise<T>) => this.ask(process, hop, what, act);
    const { inner } = this;
    return {
      open: () => Promise.resolve(),
      claim: (task, owner, options) =>
        ask("claim", "", async () => {
          const claimed = await inner.claim(task, owner, options);
          if (!("heldFor" in claimed)) process.claim();
          return claimed;
        }),
      renew: (fence, term) =>
        ask("renew", `epoch ${fence.epoch}`, async () => {
          const renewed = await inner.renew(fence, term);
          if (!renewed) process.lose();
          return renewed;
        }),
      release: (fence) =>
        ask("release", `epoch ${fence.epoch}`, async () => {
          if (isTorn(process)) process.lose();
          process.hasReleased = await inner.renew(fence, 1) && !process.isLost;
          await inner.release(fence);
        }),
      read: (task, keys) => ask("load", `${keys.length} keys`, () => inner.read(task, keys)),
      timers: (task, until, limit, after) =>
        ask("timers", `until ${until}`, () => inner.timers(task, until, limit, after)),
      pending: (task, lane, after, limit) =>
        ask("pending", `${lane} after ${after}`, () => inner.pending(task, lane, after, limit)),
      depths: (task) => ask("pending", "depths", () => inner.depths(task)),
      save: (fence, checkpoint) => {
        const version = process.engine?.run?.setup.plan === this.world.plans.versions[0] ? 0 : 1;
        return ask("save", textOf(checkpoint), async () => {
          const saved = await this.save(fence, checkpoint);
          if (saved === "saved") this.keepStretch(version, checkpoint);
          else process.lose();
          return saved;
        });
      },
      get: (name) => inner.get(name),
      put: (name, text, expect) => inner.put(name, text, expect),
      drop: (task) => inner.drop(task),
      close: () => Promise.resolve(),
    };
  }

  private async save(fence: Fence, checkpoint: Checkpoint) {
    const before = this.world.maySetBack ? clone(this.shelf) : undefined;
    const saved = await this.inner.save(fence, checkpoint);
    if (saved !== "saved") return saved;
    if (before !== undefined) this.past.push(before);
    if (this.past.length > history) this.past.shift();
    for (const { seq, text } of checkpoint.outbox) {
      const { parcel } = readEntry(seq, text);
      this.saved.add(nameOf(parcel));
    }
    return saved;
  }

  /** A plan holds from where the checkpoint before its first one ends. */
  private keepStretch(version: Version, { head }: Checkpoint): void {
    if (this.stretches.at(-1)?.version !== version) this.stretches.push({ version, from: this.positions });
    this.positions = readHead(head).positions;
  }

  private async ask<T>(process: Process, hop: Hop, what: string, act: () => Promise<T>): Promise<T> {
    const { world } = this;
    const before = world.pass(process, hop, "before");
    const late = before?.is === "straggler" ? before.millis : 0;
    const answer = new Promise<T>((resolve, reject) => {
      const done = async () => {
        if (before?.is === "no answer" || this.awayUntil > world.timeline.now) {
          world.note(`${process.name} ${hop} ${what}: not done`);
          await process.wait(world.latency());
          return reject(new StoreError("the store does not answer", "away"));
        }
        const answer = await act();
        // A claim that is renewed as it should be is no news.
        if (hop !== "renew" || answer !== true) world.note(`${process.name} ${hop} ${what} -> ${shortly(answer)}`);
        const after = world.pass(process, hop, "after");
        await process.wait(world.latency() + (after?.is === "slow" ? after.millis : 0));
        if (after?.is === "no answer" || after?.is === "straggler") {
          reject(new StoreError("the answer was lost", "away"));
        } else resolve(answer);
      };
      // On its way, a request belongs to the world: it is done even if who asked is no more.
      if (process.isAlive) {
        world.timeline.after(world.latency() + late + (before?.is === "slow" ? before.millis : 0), () => {
          done().catch((error) => reject(error));
        });
      }
    });
    if (late === 0) return answer;
    answer.catch(() => {});
    await process.wait(world.latency());
    throw new StoreError("no answer within the time allowed", "away");
  }
}

/** A stop while the store was away leaves half a step, one that took too long leaves deliveries under way. */
function isTorn({ engine }: Process): boolean {
  const run = engine?.run;
  return run !== undefined && (run.isTorn || [...run.lanes.values()].some(({ size }) => size > 0));
}

function textOf({ number, head, states, timers, outbox, lanes }: Checkpoint): string {
  const positions = /"positions":(\{[^}]*\})/.exec(head)?.[1] ?? "";
  const sizes = `${states.length} states, ${timers.length} timers, ${outbox.length} outbox, ${lanes.length} settled`;
  return `${number} (${sizes}, ${positions})`;
}

function shortly(answer: unknown): string {
  if (answer instanceof Map) return JSON.stringify([...answer]);
  const text = JSON.stringify(answer) ?? "";
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
