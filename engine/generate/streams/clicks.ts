/** Clicks on advertisements: of people who look around, and of customers some minutes before they buy. */
import { Chance, weigh } from "../chance.ts";
import type { Shop } from "../shop.ts";
import { type Maker, plainStream, type StreamKind, type World } from "../stream.ts";

export const clicks: StreamKind = {
  ...plainStream("clicks", "user_id", "click_id"),
  message: (id, time, changes) => ({
    click_id: `clk_${id}`,
    user_id: `cus_${id}`,
    campaign: "spring-sale",
    source: "search",
    ts: time,
    ...changes,
  }),
};

const campaigns = weigh(["spring-sale", 5], ["newsletter", 3], ["brand", 2], ["retargeting", 4], ["partners", 1]);
const sources = weigh(["search", 6], ["social", 4], ["email", 2], ["display", 2]);

/** Makes the click by which the customer of an order came. */
export function clicksOfOrders(shop: Shop): Maker {
  const chance = new Chance(shop.seed, "click");
  return (n, ts) => {
    const { id } = shop.order(n).customer;
    chance.of(n);
    const [campaign, source] = [chance.weighted(campaigns), chance.weighted(sources)];
    return { click_id: `clk_${shop.tag}b${20_000_000 + n}`, user_id: id, campaign, source, ts };
  };
}

/** Makes clicks of people who do not buy; most of them are no customers. */
export function clicksOfVisitors({ seed, rate, tag }: World): Maker {
  const chance = new Chance(seed, "visitor");
  const population = Math.round(10_000 + 5_000 * rate);
  return (n, ts) => {
    const user = chance.of(n).heavy(population);
    const [campaign, source] = [chance.weighted(campaigns), chance.weighted(sources)];
    return { click_id: `clk_${tag}v${n}`, user_id: `vis_${100_000 + user}`, campaign, source, ts };
  };
}
