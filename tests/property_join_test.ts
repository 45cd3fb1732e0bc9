/** Rules of kind join against the reference evaluator (reference/README.md). */
import { agrees } from "./reference/agree.ts";
import { files } from "./reference/random_log.ts";
import { joins } from "./reference/random_join.ts";

Deno.test("joins say what the reference says, for random rules and logs", async () => {
  await agrees(joins, files);
});
