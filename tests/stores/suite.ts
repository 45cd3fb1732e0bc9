/** What every store must do, run for each of them by a short test beside it: one suite, one promise. */
import { checkpoints } from "./checkpoints.ts";
import { claims } from "./claims.ts";
import { crashes } from "./crashes.ts";
import { outbox, texts } from "./outbox.ts";
import { agreement } from "./agreement.ts";
import { timers } from "./timers.ts";
import type { Cases, StoreTrial } from "./trial.ts";

const rooms = { claims, checkpoints, timers, outbox, texts, crashes, agreement } satisfies Record<string, Cases>;

/** Registers the suite; `prepare` makes empty durable data of its own for each case. */
export function testStore(name: string, prepare: () => Promise<StoreTrial>): void {
  for (const [room, cases] of Object.entries(rooms)) {
    for (const [sentence, run] of Object.entries(cases)) {
      Deno.test(`store ${name}, ${room}: ${sentence}`, async () => {
        const trial = await prepare();
        try {
          await run(trial);
        } finally {
          await trial.remove();
        }
      });
    }
  }
}
