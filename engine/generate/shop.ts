/**
 * The shop's orders. An order is a pure function of the seed and its number, customer and total included: its payments,
 * identity checks, deliveries and the clicks that led to it are worked out from the number and agree with each other.
 */
import { Chance, weigh, type Weighted } from "./chance.ts";
import { type Customer, customersOf } from "./people.ts";
import type { World } from "./stream.ts";

export interface Order {
  readonly number: number;
  readonly id: string;
  readonly customer: Customer;
  readonly category: string;
  readonly subtotal: number;
  readonly discount: number;
  /** What its payments amount to. */
  readonly total: number;
  readonly itemCount: number;
  readonly method: "standard" | "express" | "pickup";
  /** The buyer is no honest customer. */
  readonly isFraud: boolean;
  /** The buyer came by an advertisement. */
  readonly isAttributed: boolean;
}

export interface Shop {
  readonly seed: number;
  /** See `World`. */
  readonly tag: string;
  readonly order: (number: number) => Order;
  /** Product ids of an order, an entry a product: an order of many items may hold few products. */
  readonly products: (order: Order) => readonly string[];
}

/** Orders of the past have numbers below this one, so that deliveries can begin at once. */
const firstNumber = 10_000_000;
/** The furthest that anything looks back; see `firstNumber`. */
export const longestPast = 5_000_000;

const categories = weigh(
  ["fashion", 30],
  ["electronics", 20],
  ["home", 20],
  ["games", 12],
  ["groceries", 12],
  ["wine", 6],
);
/** Mean price of one item, in cents. */
const prices: Readonly<Record<string, number>> = {
  fashion: 2_400,
  electronics: 9_500,
  home: 3_200,
  games: 2_900,
  groceries: 450,
  wine: 1_100,
};
const methods: Weighted<"standard" | "express" | "pickup"> = weigh(["standard", 66], ["express", 14], ["pickup", 20]);
const discounts = [0, 0, 0, 0, 0, 0, 5, 10, 10, 15, 20] as const;

/** A shop whose circle of customers grows with what it sells. */
export function shopOf({ seed, rate, tag }: Pick<World, "seed" | "rate" | "tag">): Shop {
  const chance = new Chance(seed, "order");
  const goods = new Chance(seed, "product");
  const customer = customersOf(seed);
  const population = Math.round(5_000 + 20_000 * rate);
  return {
    seed,
    tag,
    order(number) {
      chance.of(number);
      const buyer = customer(chance.heavy(population));
      const category = chance.weighted(categories);
      const itemCount = Math.min(Math.floor(chance.tail() * 1.3), 12);
      const each = Math.min(Math.round((prices[category] ?? 1_000) * 0.6 * chance.tail()), 60_000);
      const subtotal = each * itemCount;
      const discount = Math.round(subtotal * (discounts[chance.below(discounts.length)] ?? 0) / 100);
      return {
        number,
        id: `ord_${tag}${firstNumber + number}`,
        customer: buyer,
        category,
        subtotal: subtotal / 100,
        discount: discount / 100,
        total: (subtotal - discount) / 100,
        itemCount,
        method: chance.weighted(methods),
        isFraud: chance.is(0.004),
        isAttributed: chance.is(0.4),
      };
    },
    products({ number, itemCount }) {
      const kinds = Math.min(itemCount, 1 + goods.of(number).below(3));
      const products: string[] = [];
      for (let i = 0; i < kinds; i++) products.push(productId(goods.heavy(productCount)));
      return products;
    },
  };
}

/** Products that the shop sells. */
export const productCount = 400;

export function productId(number: number): string {
  return `prod_${1_000 + number}`;
}
