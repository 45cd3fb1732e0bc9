/**
 * Sends the items of a batch side by side where order does not matter, and one after the other where it does: what is
 * about the same thing (an alert's fingerprint, a record's key) never overtakes. After a failure that will be tried again
 * the rest of its group waits with it.
 */
import { monotonic, sleep } from "../../engine/adapters/clock.ts";
import type { Alert } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
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
      if (verdict.result === "retry") held = { ...verdict, untried: true };
      verdicts[i] = verdict;
    }
  }));
  return verdicts;
}

/** One after the other; after a failure that will be tried again the rest waits with it. */
export async function oneByOne(
  batch: readonly Delivery[],
  send: (delivery: Delivery) => Promise<Verdict>,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  let held: Verdict | undefined;
  for (const delivery of batch) {
    const verdict = held ?? await send(delivery);
    if (verdict.result === "retry") held = { ...verdict, untried: true };
    verdicts.push(verdict);
  }
  return verdicts;
}

/** For receivers of alerts: a record is refused, because nobody would read it there. */
export function alertsOnly(send: (alert: Alert) => Promise<Verdict>): (delivery: Delivery) => Promise<Verdict> {
  return (delivery) =>
    "alert" in delivery
      ? send(delivery.alert)
      : Promise.resolve({ result: "rejected", reason: "this sink takes alerts, not records" });
}

/** Resolves when the next message may go out: at least `millis` after the one before. */
export function pace(millis: Millis): () => Promise<void> {
  let free = -Infinity;
  return async () => {
    const wait = free - monotonic();
    free = Math.max(free, monotonic()) + millis;
    if (wait > 0) await sleep(wait);
  };
}

function groupOf(delivery: Delivery | undefined): string {
  if (delivery === undefined) return "";
  if ("alert" in delivery) return delivery.alert.fingerprint;
  const { output, rule, key } = delivery.record;
  return `${output} ${rule} ${JSON.stringify(key)}`;
}
