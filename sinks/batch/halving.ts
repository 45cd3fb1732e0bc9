/** For receivers that take a batch or refuse it whole: what is at fault is found by halving, the rest arrives. */
import type { Delivery, Verdict } from "../sink.ts";

/** Sends a batch; halves that were refused are sent again until the item at fault stands alone. One verdict per item. */
export async function halving<T>(
  batch: readonly T[],
  send: (batch: readonly T[]) => Promise<Verdict>,
): Promise<readonly Verdict[]> {
  if (batch.length === 0) return [];
  const verdict = await send(batch);
  if (verdict.result !== "rejected" || verdict.gone === true || batch.length === 1) return batch.map(() => verdict);
  const middle = batch.length >> 1;
  return [...await halving(batch.slice(0, middle), send), ...await halving(batch.slice(middle), send)];
}

/** Splits a batch by a name, delivers each part, and puts the verdicts back in the order of the batch. */
export async function byPart(
  batch: readonly Delivery[],
  nameOf: (item: Delivery) => string,
  deliver: (items: readonly Delivery[], name: string) => Promise<readonly Verdict[]>,
): Promise<readonly Verdict[]> {
  const verdicts = new Array<Verdict>(batch.length).fill(unanswered);
  for (const [name, places] of Map.groupBy(batch.keys(), (i) => nameOfPlace(batch, i, nameOf))) {
    const items = places.flatMap((i) => batch[i] ?? []);
    const settled = await deliver(items, name);
    places.forEach((place, i) => verdicts[place] = settled[i] ?? unanswered);
  }
  return verdicts;
}

/** For a place that nobody filled. */
export const unanswered: Verdict = { result: "retry", after: undefined, reason: "the receiver gave no verdict" };

function nameOfPlace(batch: readonly Delivery[], i: number, nameOf: (item: Delivery) => string): string {
  const item = batch[i];
  return item === undefined ? "" : nameOf(item);
}
