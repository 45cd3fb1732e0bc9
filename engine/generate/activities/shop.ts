/**
 * The shop at work. One arrival is one order: it is created, paid and perhaps checked within a minute. What takes days is
 * told of an older order by its number, and a click that leads to an order of one to come, so that nothing waits in memory.
 */
import { Chance } from "../chance.ts";
import { shoppingRhythm } from "../rhythm.ts";
import { longestPast, shopOf } from "../shop.ts";
import type { Activity, World } from "../stream.ts";
import { clicksOfOrders } from "../streams/clicks.ts";
import { conversionsOf } from "../streams/conversions.ts";
import { isPending, kycDecisionsOf } from "../streams/kyc_decisions.ts";
import { ordersOf } from "../streams/orders.ts";
import { attemptsMax, failures, paymentsOf } from "../streams/payments.ts";

const second = 1_000;
const minute = 60_000;

/** Orders that come within so many seconds. */
const within = (world: World, seconds: number) => Math.min(Math.ceil(world.rate * seconds), longestPast);

export const shop: Activity = {
  share: 1,
  yields: { orders: 2.76, payments: 1.06, kyc_decisions: 0.32, clicks: 0.4, conversions: 0.4 },
  rhythm: shoppingRhythm,
  before: minute,
  begin(world) {
    const goods = shopOf(world);
    const chance = new Chance(world.seed, "shop");
    const created = ordersOf(goods, "created", world);
    const shipped = ordersOf(goods, "shipped", world);
    const delivered = ordersOf(goods, "delivered", world);
    const cancelled = ordersOf(goods, "cancelled", world);
    const click = clicksOfOrders(goods);
    const conversion = conversionsOf(goods);
    const toShip = within(world, 20 * 3_600);
    const toDeliver = within(world, 72 * 3_600);
    const toClick = within(world, 8 * 60);
    const pay = payer(world, goods);
    const identify = identifier(world, goods);
    const isKept = new Chance(world.seed, "kept");
    const keeps = (n: number) => !isKept.of(n).is(0.04);
    const advertises = world.wants("clicks") || world.wants("conversions");

    return (n, time) => {
      chance.of(n);
      world.now("orders", created, n, time);
      if (!keeps(n)) world.later("orders", cancelled, n, time + chance.between(3 * minute, 15 * minute));
      if (keeps(n - toShip) && chance.is(0.9)) world.now("orders", shipped, n - toShip, time);
      if (keeps(n - toDeliver) && chance.is(0.9)) world.now("orders", delivered, n - toDeliver, time);
      pay(n, time + chance.between(2 * second, 40 * second));
      if (chance.is(0.3)) identify(n, time + chance.between(20 * second, 90 * second));
      if (!advertises) return;
      if (goods.order(n + toClick).isAttributed) world.now("clicks", click, n + toClick, time);
      if (goods.order(n).isAttributed) world.later("conversions", conversion, n, time + second);
    };
  },
};

/** Who fails tries again, mostly. */
function payer(world: World, goods: ReturnType<typeof shopOf>): (n: number, time: number) => void {
  const make = paymentsOf(goods);
  const hasFailed = failures(goods);
  const chance = new Chance(world.seed, "retry");
  return (n, time) => {
    chance.of(n);
    for (let attempt = 0, at = time; attempt < attemptsMax; attempt++) {
      world.later("payments", make, n * attemptsMax + attempt, at);
      if (!hasFailed(n * attemptsMax + attempt) || chance.is(0.2)) return;
      at += chance.between(8 * second, 40 * second);
    }
  };
}

function identifier(world: World, goods: ReturnType<typeof shopOf>): (n: number, time: number) => void {
  const first = kycDecisionsOf(goods, world, false);
  const last = kycDecisionsOf(goods, world, true);
  const isOpen = isPending(world.seed);
  const chance = new Chance(world.seed, "patience");
  return (n, time) => {
    world.later("kyc_decisions", first, n, time);
    if (isOpen(n)) world.later("kyc_decisions", last, n, time + chance.of(n).between(minute, 4 * minute));
  };
}
