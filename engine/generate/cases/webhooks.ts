/** Planted cases of the pack `webhooks`: merchants whose endpoints do not answer. */
import { endOf, fires, hour, minute, quiet, roomIn, second, series } from "./case.ts";
import type { Case, Plot } from "./case.ts";

/** Deliveries to one merchant, of which the first few fail; the last failed one was given up. */
function deliveries(all: number, failed: number, every: number, speaksBy: (start: number) => number | undefined) {
  return (plot: Plot) => {
    const merchant_id = `mer_${plot.name}`;
    series(plot, "webhook_deliveries", all, every, (i) => {
      const status = i >= failed ? "sent" : i === failed - 1 ? "cancelled" : "failed";
      return { merchant_id, status, retry_count: status === "sent" ? 0 : 5 };
    });
    const time = speaksBy(plot.start);
    if (time !== undefined) plot.speaksBy(time);
    return { merchant_id };
  };
}

const rate = "webhooks/success-rate";
const burst = "webhooks/failure-burst";
const begin = roomIn(5 * minute, 21 * second);
/** The first window of an hour that holds the deliveries ends with these five minutes, the last one 55 minutes later. */
const firstWindow = (start: number) => endOf(5 * minute, start);
const lastWindow = (start: number) => endOf(5 * minute, start) + hour - 5 * minute;

export const webhookCases: readonly Case[] = [
  fires(rate, "two of twenty deliveries fail", deliveries(20, 2, second, firstWindow), begin),
  quiet(rate, "one of twenty fails, exactly 95 % are sent", deliveries(20, 1, second, lastWindow), begin),
  quiet(rate, "nineteen fail, one too few to judge", deliveries(19, 19, second, lastWindow), begin),
  fires(burst, "101 failures within 10 s", deliveries(101, 101, second / 10, () => undefined)),
  quiet(burst, "100 failures within 10 s", deliveries(100, 100, second / 10, () => undefined)),
];
