/** Planted cases of the pack `retail`: orders, stock, clicks and conversions. */
import { endOf, fires, minute, one, quiet, records, second } from "./case.ts";
import type { Case, Plot } from "./case.ts";

const sale = (before: number, after: number) =>
  one("stock", { op: "u", before: { quantity: before }, after: { quantity: after } });

/** A click and, after a time, the purchase. */
function bought(after: number) {
  return ({ name, add }: Plot) => {
    const user_id = `cus_${name}`;
    const conversion_id = `cnv_${name}`;
    add("clicks", 0, { user_id });
    add("conversions", after, { user_id, conversion_id });
    return { conversion_id };
  };
}

export const retailCases: readonly Case[] = [
  fires("retail/low-stock", "from five pieces to four", sale(5, 4)),
  quiet("retail/low-stock", "from six pieces to five", sale(6, 5)),
  quiet("retail/low-stock", "from four pieces to three", sale(4, 3)),
  records("retail/attribution", "bought 5 s after a click", bought(5 * second)),
  records("retail/attribution", "bought exactly 30 minutes after a click", bought(30 * minute)),
  { ...quiet("retail/attribution", "bought 1 ms too late", bought(30 * minute + 1)), by: "record" },
  records("retail/revenue-1m", "an order of a rare category", ({ add, start, speaksBy }) => {
    add("orders", 0, { event_type: "created", category: "garden" });
    speaksBy(endOf(minute, start));
    return { category: "garden" };
  }),
  records("retail/user-session", "a click, then half an hour of nothing", ({ name, add, start, speaksBy }) => {
    add("clicks", 0, { user_id: `cus_${name}` });
    speaksBy(start + 30 * minute);
    return { user_id: `cus_${name}` };
  }),
];
