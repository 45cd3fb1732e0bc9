/** Webhooks on their way: one arrival is one webhook with all its attempts. */
import { officeRhythm } from "../rhythm.ts";
import type { Activity } from "../stream.ts";
import { attemptsMax, failures, retryMinutes, webhookDeliveriesOf } from "../streams/webhook_deliveries.ts";

export const deliveries: Activity = {
  share: 3,
  yields: { webhook_deliveries: 1.05 },
  rhythm: officeRhythm,
  begin(world) {
    const make = webhookDeliveriesOf(world);
    const hasFailed = failures(world.seed);
    return (n, time) => {
      let at = time;
      for (let attempt = 0; attempt < attemptsMax; attempt++) {
        world.later("webhook_deliveries", make, n * attemptsMax + attempt, at);
        if (!hasFailed(n * attemptsMax + attempt)) return;
        at += (retryMinutes[attempt] ?? 0) * 60_000;
      }
    };
  },
};
