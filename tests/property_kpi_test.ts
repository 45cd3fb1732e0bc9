/** Rules of kind kpi against the reference evaluator (reference/README.md). */
import { agrees } from "./reference/agree.ts";
import { kpis } from "./reference/random_kpi.ts";
import { files } from "./reference/random_log.ts";

Deno.test("thresholds of customers say what the reference says, for random thresholds, limits and logs", async () => {
  await agrees(kpis, files);
});
