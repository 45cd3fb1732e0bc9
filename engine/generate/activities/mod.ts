/** What goes on in the world: one activity a line. Those whose streams nobody wants do not run. */
import { officeRhythm, shoppingRhythm, steady } from "../rhythm.ts";
import type { Activity, Maker, World } from "../stream.ts";
import { apiLogsOf } from "../streams/api_logs.ts";
import { clicksOfVisitors } from "../streams/clicks.ts";
import { kpiEventsOf } from "../streams/kpi_events.ts";
import { pipelineMetricsOf } from "../streams/pipeline_metrics.ts";
import { sensorReadingsOf } from "../streams/sensor_readings.ts";
import { stockOf } from "../streams/stock.ts";
import { transactionsOf } from "../streams/transactions.ts";
import { database } from "./database.ts";
import { deliveries } from "./deliveries.ts";
import { shop } from "./shop.ts";

export const activities = {
  shop,
  database,
  deliveries,
  visitors: oneByOne("clicks", 6, shoppingRhythm, clicksOfVisitors),
  cards: oneByOne("transactions", 4, shoppingRhythm, transactionsOf),
  clients: oneByOne("kpi_events", 5, officeRhythm, kpiEventsOf),
  factories: oneByOne("sensor_readings", 7, steady, sensorReadingsOf),
  gateway: oneByOne("api_logs", 8, officeRhythm, apiLogsOf),
  warehouse: oneByOne("stock", 0.5, shoppingRhythm, stockOf),
  pipelines: oneByOne("pipeline_metrics", 1, steady, pipelineMetricsOf),
} satisfies Record<string, Activity>;

/** An activity of which every arrival is one event of one stream. */
function oneByOne(
  stream: string,
  share: number,
  rhythm: Activity["rhythm"],
  makerOf: (world: World) => Maker,
): Activity {
  return {
    share,
    yields: { [stream]: 1 },
    rhythm,
    begin(world) {
      const make = makerOf(world);
      return (n, time) => world.now(stream, make, n, time);
    },
  };
}
