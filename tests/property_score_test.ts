/** Rules of kind score against the reference evaluator (reference/README.md). */
import { agrees } from "./reference/agree.ts";
import { files } from "./reference/random_log.ts";
import { scores } from "./reference/random_score.ts";

Deno.test("scores say what the reference says, for random rules and logs", async () => {
  await agrees(scores, files);
});
