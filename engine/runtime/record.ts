/**
 * What a store was written for: one instance or many, and with many how many partitions each topic has, because keys
 * are found by these numbers (runtime.md §3). A start that would find them changed ends, and says what to do.
 */
import { type CheckpointStore, StoreError } from "./store.ts";

const recordName = "instances";
const version = "1";

export interface InstanceRecord {
  readonly instances: "one" | "many";
  /** Partition counts by topic; empty for one instance, which reads new partitions from their beginning. */
  readonly counts: { readonly [topic: string]: number };
}

/**
 * Writes what the store is used for from now on. False when it is new to that. Throws a `StoreError` when it was used for
 * something else, unless `fresh`.
 */
export async function keepRecord(
  store: Pick<CheckpointStore, "get" | "put">,
  wanted: InstanceRecord,
  fresh: boolean,
): Promise<boolean> {
  const text = await store.get(recordName);
  const before = text === undefined || fresh ? undefined : readRecord(text);
  if (before !== undefined) check(before, wanted);
  const counts = { ...before?.counts, ...wanted.counts };
  await store.put(recordName, version + JSON.stringify({ instances: wanted.instances, counts }));
  return before !== undefined;
}

function check(before: InstanceRecord, wanted: InstanceRecord): void {
  if (before.instances !== wanted.instances) {
    throw new StoreError(
      `The state was written with \`instances: ${before.instances}\`, and the deployment says \`${wanted.instances}\`: ` +
        "change it back, or stop every instance and start one anew with --seek TIME or --fresh",
      "refused",
    );
  }
  for (const [topic, count] of Object.entries(wanted.counts)) {
    const was = before.counts[topic];
    if (was === undefined || was === count) continue;
    throw new StoreError(
      `The topic "${topic}" had ${was} partitions when the state was written, and has ${count} now, so that keys are in ` +
        "other partitions than their state: stop every instance and start one anew with --seek TIME or --fresh",
      "refused",
    );
  }
}

function readRecord(text: string): InstanceRecord {
  const record: InstanceRecord = JSON.parse(text.slice(version.length));
  return record;
}
