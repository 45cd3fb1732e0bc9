/** Planted cases of the pack `fraud-crossed`: orders and payments together. */
import { hashOf } from "../chance.ts";
import type { Fields } from "../../model/value.ts";
import { day, endOf, fires, minute, quiet, records, second, series } from "./case.ts";
import type { Case, Plot } from "./case.ts";

const fraud = { fraud_label: true } as const;

/** An order event, then a payment of it after a time that may be negative. */
function orderThenPayment(order: Fields, after: number, payment: Fields) {
  return ({ name, add }: Plot) => {
    const order_id = `ord_${name}`;
    const customer_id = `cus_${name}`;
    add("orders", Math.max(0, -after), { order_id, customer_id, ...order });
    add("payments", Math.max(0, after), { order_id, customer_id, ...payment });
    return { order_id };
  };
}

/** A created order of 100 and its payment of another amount. */
const paid = (amount: number) =>
  orderThenPayment({ event_type: "created", subtotal: 100, discount: 0, total: 100 }, 2 * second, { amount });

function burst(payments: number, orders: number) {
  return (plot: Plot) => {
    const customer_id = `cus_${plot.name}`;
    series(plot, "orders", orders, second, () => ({ customer_id, event_type: "created" }));
    series(plot, "payments", payments, second, () => ({ customer_id }), second / 2);
    return { customer_id };
  };
}

function customersOnAddress(address: string, count: number) {
  return (plot: Plot) => {
    const ip = `${address}.${Math.abs(hashOf(plot.name)) % 200 + 20}`;
    plot.add("orders", 0, { ip });
    series(plot, "payments", count - 1, second, () => ({ ip }), second);
    return { ip };
  };
}

/** One order and one payment, for rollups over both. */
function both(size: number, key: Fields): Case["plant"] {
  return ({ add, start, speaksBy }) => {
    add("orders", 0, { event_type: "created" });
    add("payments", 0, key);
    speaksBy(endOf(size, start));
    return key;
  };
}

const cancelled = { event_type: "cancelled" } as const;
const late = "fraud-crossed/paid-after-cancellation";
const gap = "fraud-crossed/amount-gap";

export const fraudCrossedCases: readonly Case[] = [
  fires(late, "paid 3 s after the cancellation", orderThenPayment(cancelled, 3 * second, fraud)),
  quiet(late, "a failed payment after the cancellation", orderThenPayment(cancelled, 3 * second, { status: "failed" })),
  quiet(late, "paid before the cancellation", orderThenPayment(cancelled, -3 * second, {})),
  quiet(late, "paid more than seven days after", orderThenPayment(cancelled, 7 * day + second, {})),
  fires(gap, "105.01 paid for an order of 100", paid(105.01)),
  quiet(gap, "exactly 105 paid for an order of 100", paid(105)),
  fires("fraud-crossed/customer-burst", "four payments and three orders", burst(4, 3)),
  quiet("fraud-crossed/customer-burst", "three payments and three orders", burst(3, 3)),
  fires("fraud-crossed/shared-ip", "three customers on one address", customersOnAddress("255.0.0", 3)),
  quiet("fraud-crossed/shared-ip", "two customers on one address", customersOnAddress("255.0.1", 2)),
  records("fraud-crossed/volume-1m", "an order and a payment", both(minute, {})),
  records("fraud-crossed/fraud-rate-1m", "a payment", both(minute, {})),
  records("fraud-crossed/active-revenue-1m", "a created order", both(minute, {})),
  records("fraud-crossed/top-products-5m", "a created order with two products", both(5 * minute, {})),
  records("fraud-crossed/active-alerts-1m", "a payment of a high amount", ({ add, start, speaksBy }) => {
    add("payments", 0, { amount: 1_700 });
    speaksBy(endOf(minute, start));
    return { rule: "high-amount" };
  }),
  records("fraud-crossed/provider-health-1m", "a payment of a rare provider", both(minute, { provider: "islandpay" })),
];
