/** Orders: created, then shipped and delivered days later, or cancelled within minutes. */
import type { Millis } from "../../model/time.ts";
import type { Fields } from "../../model/value.ts";
import { hashOf } from "../chance.ts";
import { timeText } from "../clock_text.ts";
import { addressOf } from "../people.ts";
import type { Order, Shop } from "../shop.ts";
import { type Maker, plainStream, type StreamKind, type World } from "../stream.ts";

export const orders: StreamKind = {
  ...plainStream("orders", "order_id", "order_id"),
  message: (id, time, changes) => ({
    order_id: `ord_${id}`,
    customer_id: `cus_${id}`,
    event_type: "created",
    category: "home",
    subtotal: 45,
    discount: 2.5,
    total: 42.5,
    item_count: 2,
    shipping_country: "FR",
    shipping_method: "standard",
    ip: addressOf(hashOf(id)),
    product_ids: ["prod_1001", "prod_1040"],
    created_at: timeText(time),
    ...changes,
  }),
};

/** Makes one step in the life of the shop's orders. */
export function ordersOf(shop: Shop, step: "created" | "shipped" | "delivered" | "cancelled", world: World): Maker {
  return (n, time) => {
    const order = shop.order(n);
    const isExpress = step === "created" && n % 8 !== 0 && world.holds("express", time);
    return stepOf(order, step, isExpress ? "express" : order.method, shop.products(order), time);
  };
}

function stepOf(order: Order, step: string, method: string, products: readonly string[], time: Millis): Fields {
  return {
    order_id: order.id,
    customer_id: order.customer.id,
    event_type: step,
    category: order.category,
    subtotal: order.subtotal,
    discount: order.discount,
    total: order.total,
    item_count: order.itemCount,
    shipping_country: order.customer.country,
    shipping_method: method,
    ip: order.customer.ip,
    product_ids: products,
    created_at: timeText(time),
  };
}
