/** One case of many instances, run and judged: what is received is what a replay of the same log says. */
import { expectedOf } from "../expected.ts";
import { contentsOf } from "../judge.ts";
import { rawOf } from "../log.ts";
import { Received } from "../sink.ts";
import { type Case, caseOf } from "./case.ts";
import { ManyWorld } from "./world.ts";

/** Runs that making a case smaller may take. */
const most = 200;
const shownLines = 150;

interface Failing {
  readonly given: Case;
  readonly failures: readonly string[];
  readonly trace: readonly string[];
}

/** Runs a seed; undefined when all is well, else the lines of its report, made as small as it may be. */
export async function failureOfMany(seed: number): Promise<readonly string[] | undefined> {
  const first = await judged(caseOf(seed));
  return first.failures.length === 0 ? undefined : reportOf(await shrink(first));
}

/** Runs a case. */
export async function judged(given: Case): Promise<Failing> {
  const world = new ManyWorld(given);
  await world.run();
  const failures = world.failures.length > 0 ? world.failures : await differencesOf(world, given);
  return { given, failures: failures.slice(0, 8), trace: world.trace };
}

async function differencesOf({ plans, outside: { received } }: ManyWorld, given: Case): Promise<readonly string[]> {
  const expected = await expectedOf(given, plans);
  return [["out", "first"], ["dead", "dead"]].flatMap(([lane = "", name = ""]) =>
    contentsOf(received.get(lane) ?? new Received(), expected.get(name) ?? new Received()).map((line) =>
      `${lane}: ${line}`
    )
  );
}

async function shrink(failing: Failing): Promise<Failing> {
  let [smallest, runs, isSmaller] = [failing, 0, true];
  while (isSmaller && runs < most) {
    isSmaller = false;
    for (const smaller of smallerThan(smallest.given)) {
      if (++runs > most) break;
      const judgement = await judged(smaller);
      if (judgement.failures.length === 0) continue;
      [smallest, isSmaller] = [judgement, true];
      break;
    }
  }
  return smallest;
}

/** Cases with something less. */
function* smallerThan(given: Case): Generator<Case> {
  const { disturbances, templates, instances, trouble, log } = given;
  for (const i of disturbances.keys()) yield { ...given, disturbances: disturbances.toSpliced(i, 1) };
  if (trouble > 0) yield { ...given, trouble: 0 };
  if (instances > 1) yield { ...given, instances: instances - 1 };
  if (templates.length > 1) {
    for (const i of templates.keys()) yield { ...given, templates: templates.toSpliced(i, 1) };
  }
  for (const [i, partition] of log.entries()) {
    const { messages } = partition;
    for (let size = Math.ceil(messages.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < messages.length; at += size) {
        yield { ...given, log: log.with(i, { ...partition, messages: messages.toSpliced(at, size) }) };
      }
    }
  }
}

function reportOf({ given, failures, trace }: Failing): readonly string[] {
  const { seed, templates, log, disturbances, settings, instances, isKeyed, trouble } = given;
  return [
    `seed ${seed} fails; to see it again: deno task simulate --many --seed ${seed}`,
    ...failures,
    `disturbances: ${JSON.stringify(disturbances)}; ${instances} instances, trouble ${trouble}`,
    `settings: ${JSON.stringify(settings)}; ${isKeyed ? "keyed by k" : "without keys"}`,
    ...templates.map(({ raw }, i) => JSON.stringify({ ...raw, id: `r${i}` })),
    ...log.flatMap(({ stream, partition, messages }) => [
      `${stream}/${partition}:`,
      ...messages.map(({ content }, offset) => `  ${offset} ${rawOf(content)}`),
    ]),
    ...trace.slice(-shownLines),
  ];
}
