/** Changes of the transactions table as Debezium captures them: a row is created pending and soon updated. */
import type { Millis } from "../../model/time.ts";
import { type Fields, isFields, type Value } from "../../model/value.ts";
import { Chance } from "../chance.ts";
import { timeText } from "../clock_text.ts";
import { rowOf, type StreamKind, textOf, type World } from "../stream.ts";

export const oltpTransactions: StreamKind = {
  topic: () => "oltp.transactions",
  key: (event) => textOf(rowOf(event), "transaction_id"),
  id: (event) => textOf(rowOf(event), "transaction_id"),
  // The event time is that of the row: an update comes some seconds after it.
  time: (event) => Date.parse(textOf(rowOf(event), "created_at")),
  message: (id, time, { op = "c", before = null, after = null }) => {
    const row = (side: Value) => isFields(side) ? { ...ordinaryRow(id, time), ...side } : null;
    return envelope(String(op), row(before), row(after), time);
  },
};

function ordinaryRow(id: string, time: Millis): Fields {
  return {
    transaction_id: `txn_${id}`,
    merchant_id: `mer_${id}`,
    customer_id: `cus_${id}`,
    amount: 42.5,
    currency: "EUR",
    status: "pending",
    created_at: timeText(time),
  };
}

/** Longest time between the creation of a row and its last change: within the stream's lateness. */
export const settledWithin: Millis = 8_000;

export interface Rows {
  readonly created: (n: number, time: Millis) => Fields;
  /** The update that settles a row, at `time`; the row was created `delayOf(n)` before. */
  readonly settled: (n: number, time: Millis) => Fields;
  /** Removal of a row that was created by mistake. */
  readonly removed: (n: number, time: Millis) => Fields;
  readonly delayOf: (n: number) => Millis;
  readonly isRemoved: (n: number) => boolean;
}

/** Rows by number; a change of a row knows what it was before. */
export function oltpRowsOf({ seed, rate, tag }: World): Rows {
  const chance = new Chance(seed, "row");
  const fate = new Chance(seed, "fate");
  const customers = Math.round(5_000 + 20_000 * rate);
  const delayOf = (n: number) => fate.of(n).between(400, settledWithin);
  const isRemoved = (n: number) => fate.of(n).bits() % 100 === 0;
  const rowOfNumber = (n: number, created: Millis): Fields => ({
    transaction_id: `txn_${tag}${10_000_000 + n}`,
    merchant_id: `mer_${1_000 + chance.of(n).heavy(2_000)}`,
    customer_id: `cus_${100_000 + chance.heavy(customers)}`,
    amount: Math.round(1_900 * chance.tail()) / 100,
    currency: "EUR",
    status: "pending",
    created_at: timeText(created),
  });
  return {
    delayOf,
    isRemoved,
    created: (n, time) => envelope("c", null, rowOfNumber(n, time), time),
    settled: (n, time) => {
      const before = rowOfNumber(n, time - delayOf(n));
      return envelope("u", before, { ...before, status: n % 16 === 0 ? "failed" : "succeeded" }, time);
    },
    removed: (n, time) => envelope("d", rowOfNumber(n, time - delayOf(n)), null, time),
  };
}

function envelope(op: string, before: Fields | null, after: Fields | null, time: Millis): Fields {
  const source = { connector: "postgresql", db: "bank", schema: "public", table: "transactions", ts_ms: time - 40 };
  return { before, after, source, op, ts_ms: time };
}
