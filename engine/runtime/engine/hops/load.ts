/** Hop 4, load: the states that the slice will touch and memory lacks, in one read. */
import type { Run } from "../run.ts";

export async function load(run: Run): Promise<void> {
  if (run.slice.length === 0 || run.task.complete) return;
  const wanted = new Set<string>();
  for (const { arrival } of run.slice) run.task.missing({ ...arrival, watermark: arrival.input.watermark }, wanted);
  await admit(run, [...wanted]);
  // Without its states a slice is not stepped; its events are read again by whoever goes on.
  if (run.storeTrouble !== undefined && run.isStopping) run.slice = [];
}

/** Reads states into memory. A store that is away is asked again until it answers. */
export async function admit(run: Run, keys: readonly string[]): Promise<void> {
  const { store, task, time } = run.options;
  for (let attempt = 0; keys.length > 0 && run.end === undefined && !isGivenUp(run, attempt); attempt++) {
    try {
      const found = await store.read(task, keys);
      keys.forEach((key, i) => run.task.admit(key, found[i]));
      return;
    } catch (error) {
      run.storeTrouble = error instanceof Error ? error.message : String(error);
      if (attempt === 0) run.options.log(`State cannot be read: ${run.storeTrouble}`);
      await time.sleep(time.backoff(attempt));
    }
  }
}

/** A stop does not wait for a store that is away. */
export function isGivenUp(run: Run, attempt: number): boolean {
  return run.isStopping && attempt > 0;
}
