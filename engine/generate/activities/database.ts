/** A table of transactions at work: each row is created and, within seconds, settled or removed. */
import { shoppingRhythm } from "../rhythm.ts";
import type { Activity } from "../stream.ts";
import { oltpRowsOf } from "../streams/oltp_transactions.ts";

export const database: Activity = {
  share: 1.2,
  yields: { oltp_transactions: 2 },
  rhythm: shoppingRhythm,
  begin(world) {
    const rows = oltpRowsOf(world);
    return (n, time) => {
      world.now("oltp_transactions", rows.created, n, time);
      const next = rows.isRemoved(n) ? rows.removed : rows.settled;
      world.later("oltp_transactions", next, n, time + rows.delayOf(n));
    };
  },
};
