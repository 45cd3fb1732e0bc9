/** One seed, run and judged: what was lost, what was extra, what came too early, with the trace that led to it. */
import { describe } from "./faults.ts";
import { expectedOf } from "./expected.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { World } from "./world.ts";

/** Lines of the trace that a failure shows. */
const shownLines = 60;

/** What is wrong with the run of a scenario; empty when nothing is. */
export async function failuresOf(
  scenario: Scenario,
): Promise<{ failures: readonly string[]; trace: readonly string[] }> {
  const world = new World(scenario);
  await world.run();
  const expected = await expectedOf(scenario, world.plans);
  const { texts } = world.received;
  const shown = (of: ReadonlySet<string> | undefined) => [...of ?? []].map((text) => text.slice(0, 300)).join("\n  ");
  const lost = [...expected.keys()].filter((name) => !texts.has(name));
  const extra = [...texts.keys()].filter((name) => !expected.has(name));
  const other = [...texts].filter(([name, of]) =>
    expected.has(name) && !of.isSubsetOf(expected.get(name) ?? new Set())
  );
  const failures = [
    ...world.failures,
    ...lost.map((name) => `lost: ${name} ${shown(expected.get(name))}`),
    ...extra.map((name) => `extra: ${name} ${shown(texts.get(name))}`),
    ...other.map(([name, of]) => `other contents: ${name}\n  ${shown(of)}\n  ${shown(expected.get(name))}`),
  ];
  return { failures: failures.slice(0, 8), trace: world.trace };
}

/** Runs a seed; a failing scenario loses faults one by one as long as it still fails. */
export async function judge(seed: number): Promise<readonly string[]> {
  let scenario = scenarioOf(seed);
  let found = await failuresOf(scenario);
  if (found.failures.length === 0) return [];
  for (const fault of scenario.faults) {
    const less = { ...scenario, faults: scenario.faults.filter((one) => one !== fault) };
    const without = await failuresOf(less);
    if (without.failures.length > 0) [scenario, found] = [less, without];
  }
  return [
    `seed ${seed}: ${scenario.faults.map(describe).join(", ") || "no fault"}`,
    JSON.stringify(scenario.settings),
    ...scenario.templates.map(({ raw }) => JSON.stringify(raw)),
    ...found.failures,
    ...found.trace.slice(-shownLines),
  ];
}
