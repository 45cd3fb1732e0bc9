/** Rules of kind absence against the reference evaluator (reference/README.md). */
import { agrees } from "./reference/agree.ts";
import { files } from "./reference/random_log.ts";
import { absences } from "./reference/random_sequence.ts";

Deno.test("absences say what the reference says, for random rules and logs", async () => {
  await agrees(absences, files);
});
