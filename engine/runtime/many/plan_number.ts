/**
 * Which plan the instances of an application run: all the same, or events would be passed on for rules that nobody has. A
 * plan has a number, which rises when another comes into force; that is when none of the instances before is left.
 */
import { identify } from "../identity.ts";
import { SourceError } from "../source.ts";
import type { CheckpointStore } from "../store.ts";

const planName = "plan of many";
const version = "1";

interface NumberedPlan {
  readonly epoch: number;
  /** Hash of what the plan means. */
  readonly plan: string;
}

/**
 * The number of a plan, given to it now where it is new. `others` counts the instances that run. Throws a `SourceError`
 * while these run another plan.
 */
export async function planNumber(
  store: Pick<CheckpointStore, "get" | "put">,
  meaning: string,
  others: () => Promise<number>,
): Promise<number> {
  const plan = identify(meaning);
  for (;;) {
    const text = await store.get(planName);
    const inForce = text === undefined ? undefined : readPlan(text);
    if (inForce?.plan === plan) return inForce.epoch;
    if (inForce !== undefined && await others() > 0) {
      throw new SourceError(
        "The instances that run have other rules or contracts: this one starts when they have stopped, or when it is " +
          "given what they have",
        "away",
      );
    }
    const epoch = (inForce?.epoch ?? 0) + 1;
    if (await store.put(planName, version + JSON.stringify({ epoch, plan }), text ?? null)) return epoch;
  }
}

function readPlan(text: string): NumberedPlan {
  const plan: NumberedPlan = JSON.parse(text.slice(version.length));
  return plan;
}
