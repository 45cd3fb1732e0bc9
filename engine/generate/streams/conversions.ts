/** Conversions: purchases that an advertisement may have brought about, each of an order of the shop. */
import type { Shop } from "../shop.ts";
import { type Maker, plainStream, type StreamKind } from "../stream.ts";

export const conversions: StreamKind = {
  ...plainStream("conversions", "user_id", "conversion_id"),
  message: (id, time, changes) => ({
    conversion_id: `cnv_${id}`,
    user_id: `cus_${id}`,
    order_id: `ord_${id}`,
    value: 42.5,
    ts: time,
    ...changes,
  }),
};

/** Makes the conversion of an order. */
export function conversionsOf(shop: Shop): Maker {
  return (n, ts) => {
    const order = shop.order(n);
    return {
      conversion_id: `cnv_${order.id.slice(4)}`,
      user_id: order.customer.id,
      order_id: order.id,
      value: order.total,
      ts,
    };
  };
}
