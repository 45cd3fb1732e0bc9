/** Silences in the store of checkpoints: one text of the application, changed by whoever holds its present content. */
import { readSilences, type Silences, writeSilences } from "../../routing/silence.ts";
import type { CheckpointStore } from "../store.ts";

const name = "silences";
/** Tries to change what others change at the same time. */
const triesMax = 20;

/** Throws what the store says. */
export function storedSilences(store: Pick<CheckpointStore, "get" | "put">): Silences {
  return {
    all: async () => readSilences(await store.get(name)),
    async change(change) {
      for (let i = 0; i < triesMax; i++) {
        const text = await store.get(name);
        if (await store.put(name, writeSilences(change(readSilences(text))), text ?? null)) return;
      }
      throw new Error("Others keep changing the silences: try again");
    },
  };
}
