/**
 * Sends the items of a batch side by side where order does not matter, and one after the other where it does: what is
 * about the same thing (an alert's fingerprint, a record's key) never overtakes. After a failure that will be tried again
 * the rest of its group waits with it.
 */
import type { Delivery, Verdict } from "../sink.ts";

/** One verdict per item, in the order of the batch. */
export async function inOrder(
  batch: readonly Delivery[],
  send: (delivery: Delivery) => Promise<Verdict>,
): Promise<readonly Verdict[]> {
  const verdicts = new Array<Verdict>(batch.length);
  const groups = Map.groupBy(batch.keys(), (i) => groupOf(batch[i]));
  await Promise.all([...groups.values()].map(async (places) => {
    let held: Verdict | undefined;
    for (const i of places) {
      const delivery = batch[i];
      if (delivery === undefined) continue;
      const verdict = held ?? await send(delivery);
      if (verdict.result === "retry") held = verdict;
      verdicts[i] = verdict;
    }
  }));
  return verdicts;
}

function groupOf(delivery: Delivery | undefined): string {
  if (delivery === undefined) return "";
  if ("alert" in delivery) return delivery.alert.fingerprint;
  const { output, rule, key } = delivery.record;
  return `${output} ${rule} ${JSON.stringify(key)}`;
}
