/** Rules of kind zscore against the reference evaluator (reference/README.md). */
import { agreesClosely } from "./reference/agree.ts";
import { files } from "./reference/random_log.ts";
import { zscores } from "./reference/random_zscore.ts";

Deno.test("z-scores say what the reference says, for random rules and logs", async () => {
  await agreesClosely(zscores, files);
});
