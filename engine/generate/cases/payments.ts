/** Planted cases of the pack `payments`. */
import { endOf, fires, minute, one, quiet, records, roomIn, second, series } from "./case.ts";
import type { Case, Plot } from "./case.ts";

const fraud = { fraud_label: true } as const;

/** Payments of one small provider, of which the first few fail. */
function ofProvider(all: number, failed: number): (plot: Plot) => { provider: string } {
  return (plot) => {
    const provider = `regiopay-${plot.name}`;
    series(plot, "payments", all, second / 2, (i) => ({ provider, status: i < failed ? "failed" : "succeeded" }));
    plot.speaksBy(endOf(5 * minute, plot.start));
    return { provider };
  };
}

function inCurrency(size: number): Case["plant"] {
  return ({ add, start, speaksBy }) => {
    add("payments", 0, { currency: "ISK", amount: 990 });
    speaksBy(endOf(size, start));
    return { currency: "ISK" };
  };
}

const direct = "payments/direct-fraud";
const errors = "payments/psp-error-rate";

export const paymentCases: readonly Case[] = [
  fires(
    direct,
    "flagged by the provider, and a risk of 71",
    one("payments", { is_flagged: true, risk_score: 71, ...fraud }),
  ),
  fires(direct, "failed at a risk of 41", one("payments", { status: "failed", risk_score: 41, ...fraud })),
  fires(direct, "billed to North Korea", one("payments", { billing_country: "KP", ip_country: "KP", ...fraud })),
  quiet(direct, "failed at a risk of exactly 40", one("payments", { status: "failed", risk_score: 40 })),
  quiet(direct, "a risk of exactly 70", one("payments", { risk_score: 70 })),
  fires("payments/high-amount", "1,500.01 EUR", one("payments", { amount: 1_500.01 })),
  quiet("payments/high-amount", "exactly 1,500 EUR", one("payments", { amount: 1_500 })),
  quiet("payments/high-amount", "1,900 USD", one("payments", { amount: 1_900, currency: "USD" })),
  fires(errors, "three of ten payments fail", ofProvider(10, 3), roomIn(5 * minute, 6 * second)),
  quiet(errors, "two of ten payments fail, exactly 20 %", ofProvider(10, 2), roomIn(5 * minute, 6 * second)),
  quiet(errors, "nine payments fail, one too few to judge", ofProvider(9, 9), roomIn(5 * minute, 6 * second)),
  records("payments/currency-1m", "a payment in a rare currency", inCurrency(minute)),
  records("payments/currency-5m", "a payment in a rare currency", inCurrency(5 * minute)),
];
