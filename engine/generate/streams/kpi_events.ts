/** Metrics that clients of the platform send: each client has a level of its own that follows the day. */
import { Chance } from "../chance.ts";
import { officeRhythm } from "../rhythm.ts";
import { type Maker, type StreamKind, textOf, type World } from "../stream.ts";

export const kpiEvents: StreamKind = {
  topic: () => "kpi-events",
  key: (event) => textOf(event, "client_id"),
  id: (event) => `${textOf(event, "client_id")}/${textOf(event, "metric_name")}`,
  message: (id, time, changes) => ({
    client_id: `client-${id}`,
    metric_name: "orders_per_minute",
    value: 20,
    timestamp: time / 1_000,
    ...changes,
  }),
};

const metrics = [
  ["orders_per_minute", 40],
  ["revenue_per_minute", 1_900],
  ["active_users", 320],
  ["checkout_seconds", 2.4],
  ["basket_value", 58],
  ["refund_share", 0.03],
] as const;

/** Makes the values of clients, of whom a few send the most. */
export function kpiEventsOf({ seed, rate }: World): Maker {
  const chance = new Chance(seed, "kpi");
  const sizes = new Chance(seed, "client");
  const clients = Math.round(50 + 2 * rate);
  return (n, time) => {
    const client = chance.of(n).heavy(clients);
    const [metric_name, level] = metrics[chance.below(metrics.length)] ?? metrics[0];
    const size = 0.5 + sizes.of(client).tail();
    const value = level * size * officeRhythm(time) * (1 + 0.1 * chance.bell());
    return {
      client_id: `client-${100 + client}`,
      metric_name,
      value: Math.round(value * 1_000) / 1_000,
      timestamp: time / 1_000,
    };
  };
}
