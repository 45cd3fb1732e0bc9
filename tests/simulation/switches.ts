/**
 * The oracle of edited rules: what the table of runtime.md §6 says of them, computed from the log and from the offsets at
 * which the plan was switched, against what was received.
 */
import { counting, cut, isEdited } from "./edited.ts";
import { EditedWindows } from "./edited_window.ts";
import type { Partition } from "./log.ts";
import type { Received } from "./sink.ts";
import { borderOf, keyedOf, newestOf, placeOf, type Stretch, stretchOf } from "./stretches.ts";

/** What edited rules must say and did not, and what they said and must not. */
export function disagreementsOfEdits(
  log: readonly Partition[],
  stretches: readonly Stretch[],
  received: Received,
): readonly string[] {
  const alerts = [...received.texts.values()].flatMap((of) => [...of]).map((text) => JSON.parse(text))
    .filter(({ rule, status }) => status !== undefined && isEdited(rule));
  const windows = alerts.filter(({ rule }) => rule !== cut.id).map(lineOf);
  const passed = alerts.filter(({ rule }) => rule === cut.id).map(({ evidence: [{ partition, offset }] }) =>
    `${partition}@${offset}`
  );
  return [...cutsOf(log, stretches, new Set(passed)), ...windowsOf(log, stretches, new Set(windows))];
}

function lineOf(alert: { rule: string; key: { k: string }; window: { start: string }; values: { n: number } }): string {
  return `${alert.rule} of ${alert.key.k} at ${Date.parse(alert.window.start)} counts ${alert.values.n}`;
}

/** A filter goes by the plan under which its event is taken; what left at once may be of a plan that was never saved. */
function cutsOf(log: readonly Partition[], stretches: readonly Stretch[], passed: ReadonlySet<string>): string[] {
  return log.filter(({ stream }) => stream === "a").flatMap((partition) =>
    partition.messages.flatMap(({ content }, offset) => {
      const x = "data" in content && typeof content.data.x === "number" ? content.data.x : -Infinity;
      const stretch = stretches[stretchOf(stretches, placeOf(partition), offset)];
      const name = `${partition.partition}@${offset}`;
      const isDue = stretch !== undefined && x >= cut.versions[stretch.version];
      if (isDue && !passed.has(name)) return [`edited: not said: ${cut.id} of ${name}`];
      return passed.has(name) && x < Math.min(...cut.versions) ? [`edited: said: ${cut.id} of ${name}`] : [];
    })
  );
}

function windowsOf(log: readonly Partition[], stretches: readonly Stretch[], got: ReadonlySet<string>): string[] {
  const events = keyedOf(log, stretches);
  const borders = stretches.map((stretch) => borderOf(log, stretch));
  const end = Math.max(...log.map(({ messages }) => newestOf(messages)));
  const outcomes = counting.flatMap((rule) => new EditedWindows(rule, stretches, borders, end).outcomes(events));
  const may = new Set(outcomes.flat().map(({ line }) => line));
  const must = outcomes.filter((of) => of.every(({ line, isSure }) => isSure && line === of[0]?.line))
    .flatMap(([first]) => first?.line === undefined ? [] : [first.line]);
  return [
    ...must.filter((line) => !got.has(line)).map((line) => `edited: not said: ${line}`),
    ...[...got].filter((line) => !may.has(line)).map((line) => `edited: said: ${line}`),
  ];
}
