/** Planted cases of the packs `scoring` and `decision`, on transactions. */
import type { Fields } from "../../model/value.ts";
import { apart, day, fires, hour, quiet, records, second, series } from "./case.ts";
import type { Case, Plot } from "./case.ts";

/** One transaction of a user. */
function transaction(changes: Fields) {
  return ({ name, add }: Plot) => {
    const user_id = `usr_${name}`;
    add("transactions", 0, { user_id, ...changes });
    return { user_id };
  };
}

/** So many small transactions of one user, and a last one. */
function habit(count: number, last: Fields) {
  return (plot: Plot) => {
    const user_id = `usr_${plot.name}`;
    series(plot, "transactions", count, second / 4, () => ({ user_id, amount: 10 }));
    plot.add("transactions", count * second / 4 + apart, { user_id, ...last });
    return { user_id };
  };
}

/** Night as the rule has it begins at 23 UTC. */
const atNight = (from: number) => {
  const night = Math.floor(from / day) * day + 23 * hour;
  return from <= night + hour / 2 ? Math.max(from, night) : night + day;
};
const byDay = (from: number) => {
  const hourOf = (from % day) / hour;
  return hourOf >= 6 && hourOf < 22.5 ? from : Math.floor((from + 1.5 * hour) / day) * day + 7 * hour;
};

const score = "scoring/transaction-score";
const decision = "decision/payment-decision";
const stranger = { device_new: true, card_country: "FR", ip_country: "BR" } as const;

export const scoringCases: readonly Case[] = [
  fires(score, "the model says 0.81", transaction({ model_score: 0.81, fraud_label: true })),
  quiet(score, "the model says exactly 0.8", transaction({ model_score: 0.8 })),
  fires(
    score,
    "many transactions, one far above the others, at night",
    habit(10, { amount: 200, fraud_label: true }),
    atNight,
  ),
  quiet(score, "ten transactions, one far above the others, by day", habit(9, { amount: 200 }), byDay),
  records(score, "any transaction", transaction({ amount: 12 })),
  fires(decision, "the model says exactly 0.9: decline", transaction({ model_score: 0.9, fraud_label: true })),
  fires(decision, "the model says exactly 0.7: review", transaction({ model_score: 0.7 })),
  quiet(decision, "the model says 0.69", transaction({ model_score: 0.69 })),
  fires(
    decision,
    "21 transactions a day, a new device, an address abroad",
    habit(20, { ...stranger, fraud_label: true }),
  ),
  quiet(
    decision,
    "a new device and a young domain, no more",
    transaction({ device_new: true, email_domain_age_days: 6 }),
  ),
  records(decision, "any transaction", transaction({ amount: 13 })),
];
