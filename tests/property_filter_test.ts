/** Filters against the reference evaluator (reference/README.md). */
import { agrees } from "./reference/agree.ts";
import { filters } from "./reference/random_filter.ts";
import { files } from "./reference/random_log.ts";

Deno.test("filters say what the reference says, for random conditions, limits and logs", async () => {
  await agrees(filters, files);
});
