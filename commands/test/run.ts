/** Runs `vigie test`: once, or at every change of a file. */
import { dirname } from "node:path";
import { sleep } from "../../engine/adapters/clock.ts";
import type { ProjectPaths } from "../../engine/load.ts";
import { lineAt } from "../../engine/load/locate.ts";
import { renderProblems } from "../../engine/load/render.ts";
import { buildProject, type Project } from "../../engine/project.ts";
import { wantsColour } from "../cli/colour.ts";
import { chosenPaths } from "../cli/paths.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal } from "../command.ts";
import { junit } from "./junit.ts";
import { reportTest } from "./report.ts";
import { runSuite, type SuiteResult } from "./suite.ts";

/** Exit code 1 when a test fails, when a file has an error, and when there is nothing to test. */
export async function runTests(given: Given, terminal: Terminal): Promise<ExitCode> {
  const paths = await chosenPaths(given);
  const config = given.text("config") ?? paths.config;
  if (config !== undefined) {
    const hold = await (await import("./routes.ts")).testRoutes(config, terminal);
    const isAll = given.positionals.length === (paths.config === undefined ? 0 : 1) &&
      given.texts("rules").length === 0;
    if (!hold || isAll) return hold ? exit.good : exit.problem;
  }
  const code = await runOnce(paths, given, terminal);
  if (!given.flag("watch")) return code;
  for await (const _ of changes([...paths.packs, paths.contracts])) {
    if (terminal.isTerminal) terminal.out("\x1b[2J\x1b[3J\x1b[H");
    await runOnce(paths, given, terminal);
  }
  return exit.good;
}

async function runOnce(paths: ProjectPaths, given: Given, terminal: Terminal): Promise<ExitCode> {
  const colour = wantsColour(terminal);
  const project = await buildProject(paths);
  const errors = project.problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    terminal.out(renderProblems(errors, project.texts, { colour }));
    return exit.problem;
  }
  const result = runSuite(project);
  terminal.out(describe(result, project, { colour, columns: terminal.columns }));
  const file = given.text("junit");
  if (file !== undefined) await write(file, junit(result.tests));
  return result.untested.length > 0 || result.tests.some(({ failures }) => failures.length > 0)
    ? exit.problem
    : exit.good;
}

function describe(
  { tests, untested }: SuiteResult,
  project: Project,
  terminal: { readonly colour: boolean; readonly columns: number },
): string {
  const options = {
    ...terminal,
    lineOf: ({ file, test }: SuiteResult["tests"][number]) => lineAt(project.texts.get(file) ?? "", test.path),
    startOf: ({ file }: SuiteResult["tests"][number]) =>
      Date.parse(project.tests.find((one) => one.file === file)?.start ?? ""),
  };
  const failed = tests.filter(({ failures }) => failures.length > 0);
  return [
    ...failed.map((result) => `${reportTest(result, options)}\n`),
    ...untested.map((pack) => `FAIL pack "${pack.name}" has no tests: write ${testFileOf(pack.file)}\n`),
    `${tests.length - failed.length} passed, ${failed.length + untested.length} failed\n`,
  ].join("");
}

function testFileOf(file: string): string {
  return file.replace(/(\.ya?ml)$/, ".test$1");
}

async function write(file: string, text: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
  } catch (error) {
    throw new EnvironmentError(`Cannot write "${file}": ${error instanceof Error ? error.message : error}`);
  }
}

/** Editors write a file in several steps: what follows within this time is one change. */
const settleMillis = 100;

/** One value for every burst of changes below the paths, without end. */
async function* changes(paths: readonly string[]): AsyncGenerator<void> {
  const watcher = Deno.watchFs([...paths]);
  let burst: Promise<void> | undefined;
  const events = watcher[Symbol.asyncIterator]();
  for (let next = events.next();;) {
    const event = await Promise.race([next, ...(burst === undefined ? [] : [burst])]);
    if (event === undefined) {
      burst = undefined;
      yield;
      continue;
    }
    if (event.done === true) return;
    if (event.value.kind !== "access") burst ??= sleep(settleMillis);
    next = events.next();
  }
}
