/**
 * Runs the scenarios. In the gate they are short and a few run side by side; `deno task chaos` runs the long ones, one
 * after the other. `VIGIE_CHAOS_ONLY=sigkill,zombie` runs some, `VIGIE_SEED` one seed again.
 */
import { reload } from "./reload.ts";
import { type Scenario, tried } from "./scenario.ts";
import { sigkill } from "./sigkill.ts";
import { redisAway } from "./redis_away.ts";
import { clock } from "./clock.ts";
import { many } from "./many.ts";
import { poison } from "./poison.ts";
import { refusedSink } from "./refused_sink.ts";
import { fullDisk } from "./full_disk.ts";
import { kafkaAway } from "./kafka_away.ts";
import { setBack } from "./set_back.ts";
import { zombie } from "./zombie.ts";

/** Those that wait longest come first. */
const all: readonly Scenario[] = [
  sigkill,
  redisAway,
  clock,
  zombie,
  setBack,
  refusedSink,
  fullDisk,
  poison,
  reload,
  kafkaAway,
  many,
];
const isLong = Deno.env.get("VIGIE_CHAOS") === "long";
const only = Deno.env.get("VIGIE_CHAOS_ONLY")?.split(",");
const chosen = all.filter(({ name, inGate = true }) => only?.includes(name) ?? (isLong || inGate));
const sideBySide = isLong ? 1 : 4;

/** Runs of this process, begun in order, at most so many at once; one that is alone waits for those before it. */
function begin(scenarios: readonly Scenario[]): ReadonlyMap<Scenario, Promise<void>> {
  const runs = new Map<Scenario, Promise<void>>();
  const done = (of: readonly Scenario[]) => Promise.allSettled(of.map((scenario) => runs.get(scenario)));
  const begun: Scenario[] = [];
  for (const scenario of scenarios) {
    const before = [...begun];
    const alone = before.findLast((one) => one.alone === true);
    const seed = Number(Deno.env.get("VIGIE_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
    const turn = scenario.alone === true ? done(before) : Promise.all([
      done(alone === undefined ? [] : [alone]),
      atMost(sideBySide - 1, before.map((one) => runs.get(one))),
    ]);
    runs.set(scenario, turn.then(() => tried(scenario, isLong, seed)));
    begun.push(scenario);
  }
  for (const run of runs.values()) run.catch(() => {});
  return runs;
}

/** Resolves when at most so many of the runs are not done. */
async function atMost(count: number, runs: readonly (Promise<void> | undefined)[]): Promise<void> {
  const open = new Set(runs.map((run) => {
    const ended: Promise<void> = (run ?? Promise.resolve()).catch(() => {}).finally(() => open.delete(ended));
    return ended;
  }));
  while (open.size > count) await Promise.race(open);
}

let runs: ReadonlyMap<Scenario, Promise<void>> | undefined;

for (const scenario of chosen) {
  Deno.test({
    name: scenario.says,
    sanitizeOps: false,
    sanitizeResources: false,
    fn() {
      runs ??= begin(chosen);
      return runs.get(scenario);
    },
  });
}
