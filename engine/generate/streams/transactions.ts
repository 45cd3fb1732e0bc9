/** Card transactions that wait for a score: users have a home and habits, and a few transactions are fraud. */
import type { Fields } from "../../model/value.ts";
import { Chance, weigh } from "../chance.ts";
import { type Maker, plainStream, type StreamKind, type World } from "../stream.ts";

export const transactions: StreamKind = {
  ...plainStream("transactions-raw", "user_id", "tx_id"),
  message: (id, time, changes) => ({
    tx_id: `tx_${id}`,
    user_id: `usr_${id}`,
    merchant_id: "mer_1001",
    amount: 25,
    currency: "EUR",
    country: "FR",
    card_country: "FR",
    ip_country: "FR",
    device_new: false,
    email_domain_age_days: 4_000,
    model_score: null,
    fraud_label: false,
    timestamp: time,
    ...changes,
  }),
};

const homes = weigh(["FR", 50], ["DE", 15], ["ES", 10], ["IT", 10], ["BE", 8], ["NL", 7]);
const away = weigh(["GB", 4], ["US", 4], ["PT", 3], ["BR", 1], ["NG", 1]);

/** Makes transactions of users, of whom a few pay the most. */
export function transactionsOf({ seed, rate, tag }: World): Maker {
  const chance = new Chance(seed, "transaction");
  const habits = new Chance(seed, "user");
  const population = Math.round(10_000 + 40_000 * rate);
  return (n, timestamp) => {
    const user = chance.of(n).heavy(population);
    const home = habits.of(user).weighted(homes);
    const usual = 8 + habits.below(60);
    const isFraud = chance.is(0.003);
    const country = chance.is(isFraud ? 0.6 : 0.03) ? chance.weighted(away) : home;
    return {
      tx_id: `tx_${tag}${10_000_000 + n}`,
      user_id: `usr_${100_000 + user}`,
      merchant_id: `mer_${1_000 + chance.heavy(2_000)}`,
      amount: Math.round(usual * 50 * chance.tail() * (isFraud ? 4 : 1)) / 100,
      currency: "EUR",
      country,
      card_country: home,
      ip_country: chance.is(0.95) ? country : home,
      ...signsOf(chance, isFraud),
      fraud_label: isFraud,
      timestamp,
    };
  };
}

/** What hints at fraud; the model has judged three in five. */
function signsOf(chance: Chance, isFraud: boolean): Fields {
  const unit = chance.unit();
  const score = isFraud ? 1 - unit * unit * 0.6 : unit * unit * unit * unit * 0.75;
  return {
    device_new: chance.is(isFraud ? 0.7 : 0.04),
    email_domain_age_days: isFraud && chance.is(0.5) ? chance.below(10) : 30 + chance.below(6_000),
    model_score: chance.is(0.6) ? Math.round(score * 1_000) / 1_000 : null,
  };
}
