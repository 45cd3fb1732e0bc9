/** Rollups against the reference evaluator (reference/README.md). */
import { agrees } from "./reference/agree.ts";
import { files } from "./reference/random_log.ts";
import { alignedRollup, sessionRollup } from "./reference/random_window.ts";

Deno.test("rollups of tumbling and hopping windows record what the reference records", async () => {
  await agrees(alignedRollup, files);
});

Deno.test("rollups of sessions record what the reference records", async () => {
  await agrees(sessionRollup, files);
});
