/** A receiver that two tasks deliver to, one batch after the other: sinks are written for one caller. */
import type { Receiver } from "../settle.ts";

export function serial(receiver: Receiver): Receiver {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...receiver,
    deliver(batch, seqs) {
      const delivery = last.then(() => receiver.deliver(batch, seqs));
      last = delivery.catch(() => {});
      return delivery;
    },
  };
}
