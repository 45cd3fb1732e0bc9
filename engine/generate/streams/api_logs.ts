/** Requests of merchants to the API: most are quick and good, each endpoint has its own pace. */
import { Chance, weigh } from "../chance.ts";
import { timeText } from "../clock_text.ts";
import { type Maker, plainStream, type StreamKind, type World } from "../stream.ts";

export const apiLogs: StreamKind = {
  ...plainStream("api_logs", "merchant_id", "log_id"),
  message: (id, time, changes) => ({
    log_id: `log_${id}`,
    merchant_id: `mer_${id}`,
    endpoint: "/v1/payments",
    status_code: 200,
    latency_ms: 84,
    timestamp: timeText(time),
    ...changes,
  }),
};

const endpoints = weigh(
  ["/v1/payments", 10],
  ["/v1/orders", 6],
  ["/v1/customers", 3],
  ["/v1/refunds", 1],
  ["/v1/reports", 1],
);
/** Usual latency in milliseconds. */
const paces: Readonly<Record<string, number>> = {
  "/v1/payments": 90,
  "/v1/orders": 40,
  "/v1/customers": 25,
  "/v1/refunds": 120,
  "/v1/reports": 600,
};
const statuses = weigh(["200", 900], ["201", 60], ["404", 15], ["400", 12], ["429", 8], ["500", 2], ["503", 3]);

/** Makes requests of merchants, of whom a few call the most. */
export function apiLogsOf({ seed, rate, tag }: World): Maker {
  const chance = new Chance(seed, "request");
  const merchants = Math.round(100 + rate);
  return (n, time) => {
    const merchant = chance.of(n).heavy(merchants);
    const endpoint = chance.weighted(endpoints);
    return {
      log_id: `log_${tag}${10_000_000 + n}`,
      merchant_id: `mer_${1_000 + merchant}`,
      endpoint,
      status_code: Number(chance.weighted(statuses)),
      latency_ms: Math.round((paces[endpoint] ?? 50) * (0.4 + 0.5 * chance.tail()) * 10) / 10,
      timestamp: timeText(time),
    };
  };
}
