/**
 * The `memory` store: for tests, and for runs that need not outlive their process. Stores made from one shelf share what
 * is durable, as processes share a database.
 */
import type { Millis } from "../model/time.ts";
import type { Checkpoint, CheckpointStore, Fence, Saved } from "../runtime/store.ts";
import { now as wallClock } from "./clock.ts";
import { emptyShelf, Kept, type Shelf } from "./memory/shelf.ts";

export { emptyShelf, type Shelf } from "./memory/shelf.ts";

/** `now` is the clock that terms are measured by. */
export function memoryStore(shelf: Shelf = emptyShelf(), now: () => Millis = wallClock): CheckpointStore {
  const kept = (task: string): Kept => {
    const known = shelf.tasks.get(task) ?? new Kept();
    shelf.tasks.set(task, known);
    return known;
  };
  const owned = (fence: Fence): Kept | undefined => {
    const task = kept(fence.task);
    return task.isOwnedBy(fence) ? task : undefined;
  };
  return {
    open: () => Promise.resolve(),
    claim(name, owner, { term, steal }) {
      const task = kept(name);
      const heldFor = task.owner === owner ? 0 : task.until - now();
      if (heldFor > 0 && !steal) return Promise.resolve({ heldFor });
      Object.assign(task, { epoch: task.epoch + 1, owner, until: now() + term });
      const { epoch, number, head } = task;
      return Promise.resolve({ fence: { task: name, epoch, owner }, number, head });
    },
    renew(fence, term) {
      const task = owned(fence);
      if (task !== undefined) task.until = now() + term;
      return Promise.resolve(task !== undefined);
    },
    release(fence) {
      const task = owned(fence);
      if (task !== undefined) task.until = 0;
      return Promise.resolve();
    },
    read: (task, keys) => Promise.resolve(keys.map((key) => kept(task).states.get(key)?.all())),
    timers: (task, until, limit, after) => Promise.resolve(kept(task).timers.read(until, limit, after)),
    pending: (task, lane, after, limit) => Promise.resolve(kept(task).pending(lane, after, limit)),
    depths: (task) => Promise.resolve(kept(task).depths()),
    save: (fence, checkpoint) => Promise.resolve(save(kept(fence.task), fence, checkpoint)),
    get: (name) => Promise.resolve(shelf.texts.get(name)),
    put(name, text, expect) {
      const fits = expect === undefined || (shelf.texts.get(name) ?? null) === expect;
      if (fits) shelf.texts.set(name, text);
      return Promise.resolve(fits);
    },
    drop: (task) => Promise.resolve(kept(task).drop()),
    close: () => Promise.resolve(),
  };
}

function save(task: Kept, fence: Fence, checkpoint: Checkpoint): Saved {
  // A fence that is newer than the kept one belonged to a store that was set back.
  if (!task.isOwnedBy(fence)) return task.epoch < fence.epoch ? "unfollowed" : "fenced";
  if (checkpoint.number === task.number && task.writer === fence.epoch) return "saved";
  if (checkpoint.number !== task.number + 1) return "unfollowed";
  task.apply(fence, checkpoint);
  return "saved";
}
