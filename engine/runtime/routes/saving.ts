/** Checkpoints of the routes: one at a time, each asked again, the same, until the store has answered. */
import type { Router } from "../../routing/router.ts";
import type { RunEnd } from "../engine/run.ts";
import type { Timekeeper } from "../engine/options.ts";
import type { Outbox } from "../settle/outbox.ts";
import { type Checkpoint, type CheckpointStore, type Claimed, type Fence, StoreError } from "../store.ts";
import { type RoutesHead, routesTask, writeRoutesHead } from "./head.ts";

export interface Saver {
  readonly fence: Fence;
  /** Resolves when the store has everything that has changed before this call: true; false when the life has ended. */
  readonly save: () => Promise<boolean>;
  /** Asks no more. */
  readonly end: () => void;
}

interface Surroundings {
  readonly store: CheckpointStore;
  readonly time: Timekeeper;
  readonly log: (line: string) => void;
  readonly claimed: Claimed;
}

interface Contents {
  readonly router: Router;
  readonly outbox: Outbox;
  readonly head: RoutesHead;
}

export function saverOf(
  { store, time, log, claimed }: Surroundings,
  contents: () => Contents,
  finish: (end: RunEnd) => void,
): Saver {
  let number = claimed.number;
  let position = "";
  let last = Promise.resolve(true);
  let ended = false;

  async function ask(checkpoint: Checkpoint): Promise<boolean> {
    for (let attempt = 0; !ended; attempt++) {
      try {
        const saved = await store.save(claimed.fence, checkpoint);
        if (saved === "saved") return true;
        ended = true;
        finish({ why: saved });
      } catch (error) {
        if (error instanceof StoreError && error.state === "refused") {
          ended = true;
          finish({ why: "failed", error });
        } else {
          const reason = error instanceof Error ? error.message : String(error);
          if (attempt === 0) log(`The checkpoint of the routes cannot be written: ${reason}; trying again`);
          await time.sleep(time.backoff(attempt));
        }
      }
    }
    return false;
  }

  async function write(): Promise<boolean> {
    if (ended) return false;
    const { router, outbox, head } = contents();
    const read = JSON.stringify(head.positions);
    if (!router.isChanged && outbox.dirty === 0 && read === position) return true;
    const cells = router.collect();
    const changes = outbox.collect();
    const isSaved = await ask({
      number: number + 1,
      head: writeRoutesHead(head),
      states: cells.map(({ key, text }) => ({ key, part: "", text })),
      timers: cells.map(({ key, due }) => ({ id: key, due })),
      ...changes,
    });
    if (!isSaved) return false;
    number++;
    position = read;
    outbox.saved();
    return true;
  }

  return {
    fence: claimed.fence,
    save() {
      last = last.then(write);
      return last;
    },
    end() {
      ended = true;
    },
  };
}

/** Cells read at once. */
const page = 1_000;

/** The texts of all cells: each has a timer, by which it is found. */
export async function cellsOf(store: CheckpointStore): Promise<readonly string[]> {
  const texts: string[] = [];
  let after: { readonly due: number; readonly id: string } | undefined;
  for (;;) {
    const timers = await store.timers(routesTask, Number.MAX_SAFE_INTEGER, page, after);
    const found = await store.read(routesTask, timers.map(({ id }) => id));
    for (const parts of found) {
      const text = parts?.get("");
      if (text !== undefined) texts.push(text);
    }
    after = timers.at(-1);
    if (after === undefined || timers.length < page) return texts;
  }
}
