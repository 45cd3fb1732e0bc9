/** Planted cases of the pack `cdc`: changes of the transactions table. */
import type { Fields } from "../../model/value.ts";
import { endOf, minute, quiet, records } from "./case.ts";
import type { Case, Plot } from "./case.ts";

/** One change of a row that is named after the case. */
function change(op: string, before: Fields | null, after: Fields | null) {
  return ({ name, add }: Plot) => {
    const transaction_id = `txn_${name}`;
    const row = (side: Fields | null) => side === null ? null : { transaction_id, ...side };
    add("oltp_transactions", 0, { op, before: row(before), after: row(after) });
    return { transaction_id };
  };
}

const pending = { status: "pending" } as const;
const succeeded = { status: "succeeded" } as const;
const quietly = (...args: Parameters<typeof quiet>): Case => ({ ...quiet(...args), by: "record" });

export const cdcCases: readonly Case[] = [
  records("cdc/enriched", "a row is created", change("c", null, pending)),
  records("cdc/enriched", "a row is updated", change("u", pending, succeeded)),
  quietly("cdc/enriched", "a row is removed", change("d", succeeded, null)),
  records("cdc/fraud-candidates", "a pending row", change("c", null, pending)),
  quietly("cdc/fraud-candidates", "a row that has succeeded", change("u", pending, succeeded)),
  quietly("cdc/fraud-candidates", "a pending row is removed", change("d", pending, null)),
  records("cdc/merchant-1m", "a row of a rare merchant", ({ name, add, start, speaksBy }) => {
    const merchant_id = `mer_${name}`;
    add("oltp_transactions", 0, { op: "c", after: { merchant_id } });
    speaksBy(endOf(minute, start));
    return { merchant_id };
  }),
];
