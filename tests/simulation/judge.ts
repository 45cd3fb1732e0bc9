/** One scenario, run and judged: what was lost, what was extra, what came too early or too often. */
import { expectedOf } from "./expected.ts";
import { isBesides } from "./plan.ts";
import { disagreements } from "./reference.ts";
import type { Scenario } from "./scenario.ts";
import { Received } from "./sink.ts";
import { disagreementsOfEdits } from "./switches.ts";
import { World } from "./world.ts";

/** Failures that are shown. */
const most = 8;

export interface Verdict {
  /** Empty when all is well. */
  readonly failures: readonly string[];
  readonly trace: readonly string[];
  /** How many of the faults found their place. */
  readonly struck: number;
  /** What sinks were given a second time. */
  readonly seconds: number;
}

/** Runs a scenario. */
export async function judge(scenario: Scenario): Promise<Verdict> {
  const refusals: string[] = [];
  const refused = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    refusals.push(`a promise was refused and nobody heard: ${event.reason?.stack ?? event.reason}`);
  };
  globalThis.addEventListener("unhandledrejection", refused);
  try {
    const world = new World(scenario);
    await world.run();
    const { received, failures } = world.watch;
    const found = failures.length > 0 ? failures : await differencesOf(world);
    const seconds = [...received.values()].reduce((sum, one) => sum + one.seconds, 0);
    return { failures: [...refusals, ...found].slice(0, most), trace: world.trace, struck: world.struck.size, seconds };
  } finally {
    globalThis.removeEventListener("unhandledrejection", refused);
  }
}

async function differencesOf(
  { scenario, plans, struck, store, watch: { received } }: World,
): Promise<readonly string[]> {
  const expected = await expectedOf(scenario, plans, scenario.settings.refuses);
  const first = received.get("first") ?? new Received();
  // Where partitions interleave as they come, only the set is promised; a store that was set back has forgotten what
  // waited, so that what memory holds may leave before it.
  const wasSetBack = [...struck].some(({ harm }) => harm.is === "set back");
  const isOrdered = scenario.mode !== "order free" && !wasSetBack;
  return [
    ...[...expected].flatMap(([sink, wanted]) => {
      const got = received.get(sink) ?? new Received();
      const differences = contentsOf(got, wanted);
      if (differences.length === 0 && isOrdered) differences.push(...ordersOf(got, wanted));
      return differences.map((difference) => `${sink}: ${difference}`);
    }),
    ...disagreements(scenario, first),
    ...(scenario.hasEdits ? disagreementsOfEdits(scenario.log, store.stretches, first) : []),
  ];
}

/** What was lost, what is extra, and what came with other contents. */
export function contentsOf({ texts }: Received, wanted: Received): string[] {
  const lost = [...wanted.texts].filter(([name]) => !texts.has(name));
  const extra = [...texts].filter(([name, of]) => !wanted.texts.has(name) && ![...of].every(isBesides));
  const other = [...texts].filter(([name, of]) => wanted.texts.has(name) && !of.isSubsetOf(wanted.texts.get(name)!));
  return [
    ...lost.map(([name, of]) => `lost: ${name} ${shown(of)}`),
    ...extra.map(([name, of]) => `extra: ${name} ${shown(of)}`),
    ...other.map(([name, of]) => `other contents: ${name}\n  ${shown(of)}\n  ${shown(wanted.texts.get(name)!)}`),
  ];
}

/** Order is promised within a fingerprint. */
function ordersOf({ orders }: Received, wanted: Received): string[] {
  return [...wanted.orders].flatMap(([order, names]) => {
    const got = orders.get(order) ?? [];
    return got.join() === names.join() ? [] : [`${order} came as ${got} and not as ${names}`];
  });
}

function shown(texts: ReadonlySet<string>): string {
  return [...texts].map((text) => text.slice(0, 300)).join("\n  ");
}
