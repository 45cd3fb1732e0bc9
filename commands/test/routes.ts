/** Tests of the routes of a deployment, beside its file: which alert reaches which sinks. */
import { now } from "../../engine/adapters/clock.ts";
import { shown } from "../../engine/load/files.ts";
import { lineAt } from "../../engine/load/locate.ts";
import { renderProblems } from "../../engine/load/render.ts";
import { readCases } from "../../engine/routing/cases.ts";
import { wantsColour } from "../cli/colour.ts";
import { soundDeployment } from "../cli/deployment.ts";
import type { Terminal } from "../command.ts";
import { wayThrough } from "../route/own.ts";
import { readProject, shownErrors } from "../run/project.ts";

/** True when every case holds; shows those that do not. `path` is the deployment file or its tests. */
export async function testRoutes(path: string, terminal: Terminal): Promise<boolean> {
  const config = path.replace(/\.test(\.ya?ml)$/, "$1");
  const file = shown(config.replace(/(\.ya?ml)$/, ".test$1"));
  const text = await Deno.readTextFile(file).catch(() => undefined);
  if (text === undefined) {
    terminal.out(`FAIL the routes of "${config}" have no tests: write ${file}\n`);
    return false;
  }
  const read = await soundDeployment(config, "test", terminal);
  const { cases, problems } = readCases(text, file);
  if (problems.length > 0) {
    terminal.out(renderProblems(problems, new Map([[file, text]]), { colour: wantsColour(terminal) }));
  }
  if (read === undefined || problems.length > 0) return false;
  const { plan, problems: faults, texts } = await readProject(read.deployment, true);
  if (plan === undefined) {
    terminal.out(shownErrors(faults, new Map([...texts, ...read.texts]), wantsColour(terminal)));
    return false;
  }
  let failed = 0;
  for (const { name, path, alert, sinks } of cases) {
    const reached = [...new Set(wayThrough(alert, { ...read, plan }, now()).sinks.map(({ sink }) => sink))].sort();
    const wanted = [...new Set(sinks)].sort();
    if (reached.join("\n") === wanted.join("\n")) continue;
    failed++;
    terminal.out(`FAIL ${name}  (${file}:${lineAt(text, path)})\n${differences(wanted, reached)}`);
  }
  terminal.out(`${cases.length - failed} routes passed, ${failed} failed\n`);
  return failed === 0;
}

function differences(wanted: readonly string[], reached: readonly string[]): string {
  const lines = [
    ...wanted.filter((sink) => !reached.includes(sink)).map((sink) => `  does not reach ${sink}`),
    ...reached.filter((sink) => !wanted.includes(sink)).map((sink) => `  reaches ${sink}, which is not expected`),
  ];
  return `${lines.join("\n")}\n\n`;
}
