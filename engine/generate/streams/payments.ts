/** Payments: an attempt amounts to its order's total and comes from its customer's card, device and address. */

import type { Fields } from "../../model/value.ts";
import { Chance, hashOf, weigh } from "../chance.ts";
import { timeText } from "../clock_text.ts";
import { addressOf } from "../people.ts";
import type { Order, Shop } from "../shop.ts";
import { type Maker, plainStream, type StreamKind } from "../stream.ts";

export const payments: StreamKind = {
  ...plainStream("payments", "order_id", "payment_id"),
  message: (id, time, changes) => ({
    payment_id: `pay_${id}`,
    order_id: `ord_${id}`,
    customer_id: `cus_${id}`,
    session_id: `ses_${id}`,
    amount: 42.5,
    currency: "EUR",
    status: "succeeded",
    method: "card",
    provider: "stripe",
    risk_score: 12,
    is_flagged: false,
    billing_country: "FR",
    ip: addressOf(hashOf(id)),
    ip_country: "FR",
    card_ref: `card_${id}`,
    card_masked: "497010******4242",
    device_id: `dev_${id}`,
    user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    processing_ms: 410,
    fraud_label: false,
    created_at: timeText(time),
    ...changes,
  }),
};

/** Attempts that an order can have; the n-th attempt of the generator is attempt n mod 4 of order n / 4. */
export const attemptsMax = 4;

const providers = weigh(["stripe", 45], ["adyen", 25], ["worldline", 20], ["paypal", 10]);
const methods = weigh(["card", 68], ["paypal", 16], ["wallet", 12], ["transfer", 4]);
const currencies: Readonly<Record<string, string>> = { GB: "GBP", US: "USD", CH: "CHF" };
const abroad = weigh(["US", 4], ["BR", 2], ["NG", 2], ["IN", 2], ["KP", 1]);

/** Makes payment attempts of the shop's orders. */
export function paymentsOf(shop: Shop): Maker {
  const chance = new Chance(shop.seed, "payment");
  return (n, time) => {
    const order = shop.order(Math.floor(n / attemptsMax));
    const { customer } = order;
    chance.of(n);
    const method = chance.weighted(methods);
    const isCard = method === "card";
    return {
      payment_id: `pay_${shop.tag}${40_000_000 + n}`,
      order_id: order.id,
      customer_id: customer.id,
      session_id: `ses_${order.id.slice(4)}`,
      amount: order.total,
      currency: currencies[customer.country] ?? "EUR",
      status: statusOf(chance),
      method,
      provider: method === "paypal" ? "paypal" : chance.weighted(providers),
      ...riskOf(chance, order),
      billing_country: customer.country,
      ip: customer.ip,
      ip_country: order.isFraud || chance.is(0.01) ? chance.weighted(abroad) : customer.country,
      card_ref: isCard ? customer.cardRef : null,
      card_masked: isCard ? customer.cardMasked : null,
      device_id: customer.device,
      user_agent: customer.agent,
      processing_ms: Math.round(180 * chance.tail() + chance.below(250)),
      fraud_label: order.isFraud,
      created_at: timeText(time),
    };
  };
}

function statusOf(chance: Chance): string {
  const unit = chance.unit();
  return unit < 0.93 ? "succeeded" : unit < 0.98 ? "failed" : "pending";
}

/** Honest buyers rarely look risky, others mostly. */
function riskOf(chance: Chance, { isFraud }: Order): Fields {
  const unit = chance.unit();
  if (isFraud) return { risk_score: Math.round(35 + 65 * unit), is_flagged: chance.is(0.4) };
  const calm = unit * unit * 38;
  return { risk_score: Math.round(chance.is(0.02) ? 38 + 45 * unit : calm), is_flagged: chance.is(0.001) };
}

/** Whether an attempt failed, so that the customer may try again. Agrees with what `paymentsOf` makes of it. */
export function failures(shop: Shop): (n: number) => boolean {
  const chance = new Chance(shop.seed, "payment");
  return (n) => {
    chance.of(n);
    chance.weighted(methods);
    return statusOf(chance) === "failed";
  };
}
