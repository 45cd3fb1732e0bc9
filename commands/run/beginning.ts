/**
 * Where tasks without a checkpoint begin, as the store keeps it: so a start with `--seek` that is cut off, an instance that
 * joins it, and every later life go on as it was meant.
 */
import type { Millis } from "../../engine/model/time.ts";
import type { CheckpointStore } from "../../engine/runtime/store.ts";

export interface Beginning {
  /** Offsets of partitions, by their names; those that it lacks begin where the deployment says. */
  readonly starts: ReadonlyMap<string, number>;
  /** Event time before which nothing is delivered. */
  readonly quietBefore: Millis | undefined;
}

const startsName = "starts";
const quietName = "quiet";
const version = "1";

/** What was kept last; nothing where nobody began anew. Throws a `StoreError`. */
export async function readBeginning(store: Pick<CheckpointStore, "get">): Promise<Beginning> {
  const [starts, quiet] = [await store.get(startsName), await store.get(quietName)];
  const pairs: [string, number][] = starts === undefined ? [] : JSON.parse(starts.slice(version.length));
  const before: Millis | null = quiet === undefined ? null : JSON.parse(quiet.slice(version.length));
  return { starts: new Map(pairs), quietBefore: before ?? undefined };
}

/** Throws a `StoreError`. */
export async function keepBeginning(
  store: Pick<CheckpointStore, "put">,
  { starts, quietBefore }: Beginning,
): Promise<void> {
  await store.put(startsName, version + JSON.stringify([...starts]));
  await store.put(quietName, version + JSON.stringify(quietBefore ?? null));
}
