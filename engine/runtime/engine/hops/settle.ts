/**
 * Hop 8, settle: lanes deliver on their own, each in its own time; the pipeline only waits here while one of them is so
 * full that no further event may be taken.
 */
import type { Run } from "../run.ts";
import { boundsHold } from "./save.ts";

export async function settle(run: Run): Promise<void> {
  await boundsHold(run, true);
}
