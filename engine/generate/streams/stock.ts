/** Changes of the stock table as Debezium captures them: sales take pieces, restocking brings them back. */
import type { Millis } from "../../model/time.ts";
import { type Fields, isFields, type Value } from "../../model/value.ts";
import { Chance } from "../chance.ts";
import { productCount, productId } from "../shop.ts";
import { rowOf, type StreamKind, textOf, type World } from "../stream.ts";

export const stock: StreamKind = {
  topic: () => "stock",
  key: (event) => textOf(rowOf(event), "product_id"),
  id: (event) => textOf(rowOf(event), "product_id"),
  message: (id, time, { op = "u", before = null, after = null }) => {
    const row = (side: Value) =>
      isFields(side) ? { product_id: `prod_${id}`, category: "home", quantity: 40, ...side } : null;
    return envelope(String(op), row(before), row(after), time);
  },
};

const categories = ["fashion", "electronics", "home", "games", "groceries", "wine"] as const;

/** Makes changes one after another; each `before` is what the change before it left. */
export function stockOf({ seed }: World): (n: number, time: Millis) => Fields {
  const chance = new Chance(seed, "stock");
  const quantities = new Map<number, number>();
  return (n, time) => {
    const product = chance.of(n).heavy(productCount);
    const had = quantities.get(product) ?? 30 + product % 50;
    const isRefilled = had < 9 && chance.is(had < 3 ? 0.9 : 0.35);
    const has = isRefilled ? had + chance.between(40, 120) : Math.max(0, had - chance.between(1, 3));
    quantities.set(product, has);
    const row = (quantity: number) => ({
      product_id: productId(product),
      category: categories[product % categories.length] ?? "home",
      quantity,
    });
    return envelope("u", row(had), row(has), time);
  };
}

function envelope(op: string, before: Fields | null, after: Fields | null, time: Millis): Fields {
  const source = { connector: "postgresql", db: "shop", schema: "public", table: "stock", ts_ms: time - 40 };
  return { before, after, source, op, ts_ms: time };
}
