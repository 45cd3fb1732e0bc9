/** Runs `vigie new`: makes up the files, refuses to overwrite any, and says what to do next. */
import { dirname } from "node:path";
import { loadProject } from "../../engine/load.ts";
import { nearest } from "../../engine/model/problem.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { newMonitor } from "./monitor.ts";
import { newPack } from "./pack.ts";
import { newRule } from "./rule.ts";
import { newSink } from "./sink.ts";
import type { Draft } from "./draft.ts";

const things = { pack: newPack, rule: newRule, monitor: newMonitor, sink: newSink };

/** Exit code 2 for what cannot be made: a name that is taken, a stream without contract. */
export async function runNew(given: Given, terminal: Terminal): Promise<ExitCode> {
  const [thing = "", ...names] = given.positionals;
  const make = Object.entries(things).find(([name]) => name === thing)?.[1];
  if (make === undefined) {
    const near = nearest(thing, Object.keys(things));
    const hint = near === undefined ? `write one of ${Object.keys(things).join(", ")}` : `did you mean "${near}"?`;
    throw new UsageError(thing === "" ? `Nothing to make: ${hint}` : `Cannot make "${thing}": ${hint}`);
  }
  const contracts = given.text("contracts") ?? "contracts";
  const { streams } = await loadProject({ packs: [], contracts });
  const drafts = await make(names, { given, streams, rules: given.text("rules") ?? "rules", contracts });
  for (const draft of drafts) if (draft.is === "new") await refuseToOverwrite(draft.file);
  for (const draft of drafts) await write(draft);
  for (const { is, file } of drafts) terminal.out(`${is === "new" ? "wrote" : "changed"} ${file}\n`);
  terminal.out(`next: ${thing === "sink" ? `deno task test sinks/${names[0]}_test.ts` : nextOf(drafts)}\n`);
  return exit.good;
}

function nextOf([first]: readonly Draft[]): string {
  return `vigie test ${dirname(first?.file ?? "")}`;
}

async function refuseToOverwrite(file: string): Promise<void> {
  const exists = await Deno.stat(file).then(() => true, () => false);
  if (exists) throw new UsageError(`${file} exists already, and nothing was written`);
}

async function write({ file, text }: Draft): Promise<void> {
  try {
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
  } catch (error) {
    throw new EnvironmentError(`Cannot write "${file}": ${error instanceof Error ? error.message : error}`);
  }
}
