/** Planted cases of the pack `fraud-advanced`. */
import { fires, minute, one, quiet, second, series } from "./case.ts";
import type { Case, Plot } from "./case.ts";

const fraud = { fraud_label: true } as const;
const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** Attempts of one session, so many seconds after the first. */
function attempts(...seconds: readonly number[]) {
  return ({ name, add }: Plot) => {
    const session_id = `ses_${name}`;
    for (const after of seconds) add("payments", after * second, { session_id, amount: 1 + after / 10, ...fraud });
    return { session_id };
  };
}

/** Payments of one customer with so many cards, the last `span` after the first. */
function cards(count: number, span: number) {
  return (plot: Plot) => {
    const customer_id = `cus_${plot.name}`;
    const ofCustomer = (i: number) => ({ customer_id, card_ref: `card_${plot.name}_${i}` });
    series(plot, "payments", count, span / Math.max(count - 1, 1), ofCustomer);
    return { customer_id };
  };
}

function customersOnDevice(count: number) {
  return (plot: Plot) => {
    const device_id = `dev_${plot.name}`;
    series(plot, "payments", count, second, () => ({ device_id }));
    return { device_id };
  };
}

const testing = "fraud-advanced/card-testing";
const issuer = "fraud-advanced/fraudulent-issuer";
const mismatch = "fraud-advanced/country-mismatch";
const automation = "fraud-advanced/automation";
const wallet = "fraud-advanced/card-wallet";
const device = "fraud-advanced/shared-device";

export const fraudAdvancedCases: readonly Case[] = [
  fires(testing, "four attempts within 3 s", attempts(0, 1, 2, 3)),
  quiet(testing, "three attempts within 2 s", attempts(0, 1, 2)),
  quiet(testing, "the fourth attempt exactly 5 s after the first", attempts(0, 1, 2, 5)),
  fires(issuer, "a card of an issuer on the list", one("payments", { card_masked: "453201******1234", ...fraud })),
  quiet(issuer, "a card of a neighbouring issuer", one("payments", { card_masked: "453202******1234" })),
  fires(mismatch, "an address abroad at a risk of 61", one("payments", { ip_country: "US", risk_score: 61, ...fraud })),
  quiet(mismatch, "an address abroad at a risk of exactly 60", one("payments", { ip_country: "US", risk_score: 60 })),
  fires(
    automation,
    "curl, answered in 299 ms",
    one("payments", { user_agent: "curl/8.14", processing_ms: 299, ...fraud }),
  ),
  quiet(automation, "curl, answered in 300 ms", one("payments", { user_agent: "curl/8.14", processing_ms: 300 })),
  quiet(automation, "a browser, answered in 90 ms", one("payments", { user_agent: browser, processing_ms: 90 })),
  fires(wallet, "three cards within a minute", cards(3, minute)),
  fires(wallet, "the third card 1 s before ten minutes are over", cards(3, 10 * minute - second)),
  quiet(wallet, "the third card exactly ten minutes after the first", cards(3, 10 * minute)),
  quiet(wallet, "two cards", cards(2, second)),
  fires(device, "four customers on one device", customersOnDevice(4)),
  quiet(device, "three customers on one device", customersOnDevice(3)),
];
