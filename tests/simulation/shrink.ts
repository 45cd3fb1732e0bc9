/** Makes a failing scenario smaller while it still fails: fewer faults, fewer rules, less of the log. */
import { judge, type Verdict } from "./judge.ts";
import type { Partition } from "./log.ts";
import type { Scenario } from "./scenario.ts";

export interface Failing {
  readonly scenario: Scenario;
  readonly verdict: Verdict;
}

/** Runs that may be spent. */
const most = 400;

/** The smallest scenario found that fails, with what it fails with. */
export async function shrink(failing: Failing): Promise<Failing> {
  let [smallest, runs, isSmaller] = [failing, 0, true];
  while (isSmaller && runs < most) {
    isSmaller = false;
    for (const smaller of smallerThan(smallest.scenario)) {
      if (++runs > most) break;
      const verdict = await judge(smaller);
      if (verdict.failures.length === 0) continue;
      smallest = { scenario: smaller, verdict };
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** Scenarios with something less, those with much less first. */
function* smallerThan(scenario: Scenario): Generator<Scenario> {
  const { faults, templates, overAlerts, log } = scenario;
  for (const less of withoutOne(faults)) yield { ...scenario, faults: less };
  if (scenario.hasEdits) yield { ...scenario, hasEdits: false };
  if (scenario.mode !== "wide") { for (const less of withoutOne(overAlerts)) yield { ...scenario, overAlerts: less }; }
  for (const less of withoutOne(templates)) yield { ...scenario, templates: less };
  if (scenario.settings.processes > 1) yield { ...scenario, settings: { ...scenario.settings, processes: 1 } };
  for (const less of lessOf(log)) yield { ...scenario, log: less };
}

function withoutOne<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.map((_, i) => list.toSpliced(i, 1));
}

/** The log without a half, a quarter, ... of a partition's messages, down to one. */
function* lessOf(log: readonly Partition[]): Generator<readonly Partition[]> {
  const longest = Math.max(...log.map(({ messages }) => messages.length));
  for (let size = Math.ceil(longest / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (const [i, partition] of log.entries()) {
      for (let at = 0; at < partition.messages.length; at += size) {
        yield log.with(i, { ...partition, messages: partition.messages.toSpliced(at, size) });
      }
    }
  }
}
