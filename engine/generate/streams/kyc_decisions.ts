/** Decisions of the identity check: after an order, of the customer's one document; a few are pending for a while. */
import { Chance } from "../chance.ts";
import { timeText } from "../clock_text.ts";
import type { Shop } from "../shop.ts";
import { type Maker, plainStream, type StreamKind, type World } from "../stream.ts";

export const kycDecisions: StreamKind = {
  ...plainStream("kyc_decisions", "customer_id", "kyc_ref"),
  message: (id, time, changes) => ({
    kyc_ref: `kyc_${id}`,
    order_id: `ord_${id}`,
    customer_id: `cus_${id}`,
    document_ref: `doc_${id}`,
    doc_type: "id_card",
    decision: "adult",
    confidence_score: 0.97,
    doc_expiration_valid: true,
    processing_time_ms: 850,
    decided_at: timeText(time),
    ...changes,
  }),
};

/** Whether the check of an order cannot decide at once. */
export function isPending(seed: number): (n: number) => boolean {
  const chance = new Chance(seed, "pending");
  return (n) => chance.of(n).is(0.08);
}

/** Makes the decision about an order: the first one, or the one that ends a pending one. */
export function kycDecisionsOf(shop: Shop, world: World, isFinal: boolean): Maker {
  const chance = new Chance(shop.seed, "kyc");
  const pending = isPending(shop.seed);
  return (n, time) => {
    const order = shop.order(n);
    chance.of(n);
    const isMinor = chance.is(world.holds("minors", time) ? 0.7 : 0.04);
    const isOpen = !isFinal && pending(n);
    return {
      kyc_ref: `kyc_${order.id.slice(4)}`,
      order_id: order.id,
      customer_id: order.customer.id,
      document_ref: order.customer.documentRef,
      doc_type: order.customer.documentType,
      decision: isOpen ? "pending" : isMinor ? "minor" : "adult",
      confidence_score: (isOpen ? 40 + chance.below(30) : 85 + chance.below(16)) / 100,
      doc_expiration_valid: !chance.is(0.03),
      processing_time_ms: Math.round(400 * chance.tail() + chance.below(300)),
      decided_at: timeText(time),
    };
  };
}
