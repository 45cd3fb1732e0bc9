/** Rules of kind sequence against the reference evaluator (reference/README.md). */
import { agrees } from "./reference/agree.ts";
import { files } from "./reference/random_log.ts";
import { sequences } from "./reference/random_sequence.ts";

Deno.test("sequences say what the reference says, for random rules and logs", async () => {
  await agrees(sequences, files);
});
