/** Planted cases of the pack `orders`. */
import { endOf, fires, minute, nextWindow, one, quiet, records, roomIn, second, series } from "./case.ts";
import type { Case } from "./case.ts";

const created = { event_type: "created" } as const;

/** Mostly express orders for a whole window, among ordinary traffic that goes along. */
const surge: Case["plant"] = (plot) => {
  const size = 5 * minute;
  plot.cast("express", plot.start, plot.start + size);
  series(plot, "orders", 12, 20 * second, () => ({ ...created, shipping_method: "express" }));
  plot.speaksBy(plot.start + size);
  return {};
};

const cancellations: Case["plant"] = (plot) => {
  series(plot, "orders", 11, second, () => ({ event_type: "cancelled" }));
  return {};
};

function toIceland(size: number): Case["plant"] {
  return ({ add, start, speaksBy }) => {
    add("orders", 0, { shipping_country: "IS" });
    speaksBy(endOf(size, start));
    return { shipping_country: "IS" };
  };
}

export const orderCases: readonly Case[] = [
  fires(
    "orders/high-total",
    "a total of 3,000.01",
    one("orders", { ...created, subtotal: 3_000.01, discount: 0, total: 3_000.01 }),
  ),
  quiet(
    "orders/high-total",
    "a total of exactly 3,000",
    one("orders", { ...created, subtotal: 3_000, discount: 0, total: 3_000 }),
  ),
  fires("orders/excessive-discount", "31 % off", one("orders", { ...created, subtotal: 100, discount: 31, total: 69 })),
  quiet(
    "orders/excessive-discount",
    "exactly 30 % off",
    one("orders", { ...created, subtotal: 100, discount: 30, total: 70 }),
  ),
  quiet(
    "orders/excessive-discount",
    "a discount on nothing",
    one("orders", { ...created, subtotal: 0, discount: 5, total: 0 }),
  ),
  fires("orders/large-cancellation", "five items cancelled", one("orders", { event_type: "cancelled", item_count: 5 })),
  quiet("orders/large-cancellation", "four items cancelled", one("orders", { event_type: "cancelled", item_count: 4 })),
  fires(
    "orders/cancellation-burst",
    "eleven cancellations within a minute",
    cancellations,
    roomIn(minute, 12 * second),
  ),
  fires("orders/express-surge", "five minutes of mostly express orders", surge, nextWindow(5 * minute)),
  records("orders/country-1m", "an order to Iceland", toIceland(minute)),
  records("orders/country-5m", "an order to Iceland", toIceland(5 * minute)),
];
