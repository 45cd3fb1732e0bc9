/** A failing scenario for people: what it is made of, what is wrong, and how it came to that. */
import { describe } from "./faults.ts";
import { judge } from "./judge.ts";
import { type Partition, rawOf } from "./log.ts";
import { scenarioOf } from "./scenario.ts";
import { type Failing, shrink } from "./shrink.ts";

/** Lines of the trace that are shown. */
const shownLines = 120;
/** Messages of a partition that are shown. */
const shownMessages = 40;

/** Runs a seed; undefined when all is well, else the lines of its report, made as small as it may be. */
export async function failureOf(seed: number): Promise<readonly string[] | undefined> {
  const scenario = scenarioOf(seed);
  const verdict = await judge(scenario);
  return verdict.failures.length === 0 ? undefined : reportOf(await shrink({ scenario, verdict }));
}

function reportOf({ scenario, verdict }: Failing): readonly string[] {
  const { seed, mode, settings, faults, templates, overAlerts, log } = scenario;
  return [
    `seed ${seed} fails (${mode}); to see it again: deno task simulate --seed ${seed}`,
    "",
    ...verdict.failures,
    "",
    `faults: ${faults.map(describe).join(", ") || "none"}`,
    ...(scenario.hasEdits ? ["reloads edit rules (edited.ts)"] : []),
    `settings: ${JSON.stringify(settings)}`,
    ...[...templates.map(({ raw }, i) => ({ ...raw, id: `r${i}` })), ...overAlerts].map((rule) => JSON.stringify(rule)),
    ...log.flatMap(shownLog),
    "",
    ...verdict.trace.slice(-shownLines),
  ];
}

function shownLog({ stream, partition, at, messages }: Partition): readonly string[] {
  return [
    `${stream}/${partition}${at > 0 ? ` from ${at.toFixed(1)}` : ""}:`,
    ...messages.slice(0, shownMessages).map(({ content, at }, offset) =>
      `  ${offset} ${rawOf(content)}${at > 0 ? ` from ${at.toFixed(1)}` : ""}`
    ),
    ...(messages.length > shownMessages ? [`  and ${messages.length - shownMessages} more`] : []),
  ];
}
