/** Hop 4, load: the states that the slice will touch and memory lacks, in one read, and the rows that rules look up. */
import type { LookupNeed } from "../../../model/lookup.ts";
import type { CheckpointStore } from "../../store.ts";
import type { Turn } from "../merge.ts";
import type { Run } from "../run.ts";

export async function load(run: Run): Promise<void> {
  if (await loadFor(run, run.slice) && await fetchRows(run)) return;
  // Without its states a slice is not stepped; its events are read again by whoever goes on.
  run.abandoned = run.slice;
  run.slice = [];
}

async function fetchRows(run: Run): Promise<boolean> {
  const { lookups, plan } = run.setup;
  if (lookups === undefined || run.slice.length === 0 || !plan.rules.some((rule) => rule.lookups.length > 0)) {
    return true;
  }
  const needs = new Map<string, LookupNeed>();
  for (const arrival of eventsOf(run.slice)) run.task.needs({ ...arrival, watermark: arrival.input.watermark }, needs);
  return await asked(run, () => lookups.fetch(needs.values()).then(() => true)) ?? false;
}

/** Loads the states for the rest of a slice; false when a stop came while the store was away. */
export async function loadFor(run: Run, turns: readonly Turn[]): Promise<boolean> {
  run.isTidied = false;
  if (turns.length === 0 || run.task.complete) return true;
  const wanted = new Set<string>();
  for (const arrival of eventsOf(turns)) {
    run.task.missing({ ...arrival, watermark: arrival.input.watermark }, wanted);
  }
  return await admit(run, [...wanted]);
}

/** Word of how far another task has come is no event. */
function eventsOf(turns: readonly Turn[]): readonly Turn["arrival"][] {
  return turns.map(({ arrival }) => arrival).filter(({ passed }) => passed === undefined || passed.event !== undefined);
}

/** Reads states into memory; false when a stop, or the end of the life, came while the store was away. */
export async function admit(run: Run, keys: readonly string[]): Promise<boolean> {
  const found = keys.length === 0 ? [] : await asked(run, (store, task) => store.read(task, keys));
  if (found === undefined) return false;
  keys.forEach((key, i) => run.task.admit(key, found[i]));
  return true;
}

/** Asks the store until it answers; undefined when the life ended, or a stop came while it was away. */
export async function asked<T>(
  run: Run,
  ask: (store: CheckpointStore, task: string) => Promise<T>,
): Promise<T | undefined> {
  const { store, task, time, log } = run.options;
  for (let attempt = 0; run.end === undefined && !(run.isStopping && attempt > 0); attempt++) {
    try {
      const answer = await ask(store, task);
      if (attempt > 0) run.storeTrouble = undefined;
      return answer;
    } catch (error) {
      run.storeTrouble = error instanceof Error ? error.message : String(error);
      if (attempt === 0) log(`State cannot be read: ${run.storeTrouble}; trying again`);
      await time.sleep(time.backoff(attempt));
    }
  }
  return undefined;
}
