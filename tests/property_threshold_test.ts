/** Threshold rules against the reference evaluator (reference/README.md), over each kind of window. */
import { agrees } from "./reference/agree.ts";
import { files } from "./reference/random_log.ts";
import { alignedOnClose, alignedOnMatch, sessions, slidingRules } from "./reference/random_window.ts";

Deno.test("tumbling and hopping windows that speak on close say what the reference says", async () => {
  await agrees(alignedOnClose, files);
});

Deno.test("tumbling and hopping windows that speak on match say what the reference says", async () => {
  await agrees(alignedOnMatch, files);
});

Deno.test("sessions say what the reference says", async () => {
  await agrees(sessions, files);
});

Deno.test("sliding windows say what the reference says", async () => {
  await agrees(slidingRules, files);
});
