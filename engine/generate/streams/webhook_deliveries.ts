/** Attempts to deliver webhooks: what fails is tried again after 1, 2, 4, 8 and 16 minutes and then given up. */
import { Chance, weigh } from "../chance.ts";
import { type Maker, plainStream, type StreamKind, type World } from "../stream.ts";

export const webhookDeliveries: StreamKind = {
  ...plainStream("webhook_deliveries", "merchant_id", "webhook_id"),
  message: (id, time, changes) => ({
    webhook_id: `whk_${id}`,
    merchant_id: `mer_${id}`,
    endpoint_id: `end_${id}`,
    event_type: "payment.succeeded",
    status: "sent",
    retry_count: 0,
    duration_ms: 140,
    ts: time,
    ...changes,
  }),
};

/** Waits before each further attempt. */
export const retryMinutes = [1, 2, 4, 8, 16] as const;
/** The n-th attempt of the generator is attempt n mod 6 of webhook n / 6. */
export const attemptsMax = retryMinutes.length + 1;

const eventTypes = weigh(["payment.succeeded", 8], ["payment.failed", 1], ["order.created", 5], ["refund.created", 1]);

/** Whether an attempt fails: rarely at first, then again in three of five cases. */
export function failures(seed: number): (n: number) => boolean {
  const chance = new Chance(seed, "failure");
  return (n) => chance.of(n).is(n % attemptsMax === 0 ? 0.02 : 0.6);
}

/** Makes attempts. */
export function webhookDeliveriesOf({ seed, rate, tag }: World): Maker {
  const chance = new Chance(seed, "delivery");
  const hasFailed = failures(seed);
  const merchants = Math.round(100 + 10 * rate);
  return (n, ts) => {
    const webhook = Math.floor(n / attemptsMax);
    const attempt = n % attemptsMax;
    const merchant = chance.of(webhook).heavy(merchants);
    const event_type = chance.weighted(eventTypes);
    const failed = hasFailed(n);
    return {
      webhook_id: `whk_${tag}${10_000_000 + webhook}`,
      merchant_id: `mer_${1_000 + merchant}`,
      endpoint_id: `end_${1_000 + merchant}`,
      event_type,
      status: failed ? attempt === attemptsMax - 1 ? "cancelled" : "failed" : "sent",
      retry_count: attempt,
      duration_ms: failed ? 10_000 : Math.round(60 * chance.of(n).tail() + chance.below(80)),
      ts,
    };
  };
}
