/**
 * YAML text -> packs, streams and tests, with every problem found on the way. The only place that reads the files of a
 * project; lines and columns are found later, from a problem's path and the text (`load/locate.ts`).
 */
import type { Stream } from "./model/contract.ts";
import type { Pack } from "./model/pack.ts";
import { type Problem, problem } from "./model/problem.ts";
import { documentProblems } from "./model/problems/documents.ts";
import type { TestFile } from "./model/test_file.ts";
import type { Value } from "./model/value.ts";
import { readDocument } from "./load/document.ts";
import { anyRuleOf, createReader, type FileReader, filesIn, type Rejected, textOf } from "./load/files.ts";
import { readPack } from "./load/packs.ts";
import { readStreams } from "./load/streams.ts";
import { checkTests, readTests } from "./load/tests.ts";

export interface ProjectPaths {
  /** Packs and their tests: files, or folders whose `*.yaml` files are taken at any depth. */
  readonly packs: readonly string[];
  /** The folder with `streams/*.yaml`. */
  readonly contracts: string;
  /** False leaves test files unread. */
  readonly tests?: boolean;
}

export interface LoadedProject {
  readonly packs: readonly Pack[];
  readonly streams: ReadonlyMap<string, Stream>;
  readonly tests: readonly TestFile[];
  /** With an error among them, packs may lack rules, and the project must not run. */
  readonly problems: readonly Problem[];
  /** Every file read, by its path as problems name it: for rendering and for content hashes. */
  readonly texts: ReadonlyMap<string, string>;
  readonly rejected: Rejected;
}

const isTestFile = (file: string) => /\.test\.ya?ml$/.test(file);
const packFiles = { matches: (name: string) => /\.ya?ml$/.test(name), what: "packs", pattern: "*.yaml" };

/** Reads a project. Never throws for what its files say; files that cannot be read are problems. */
export async function loadProject({ packs: paths, contracts, tests: withTests = true }: ProjectPaths): Promise<
  LoadedProject
> {
  const reader = createReader();
  const streams = await readStreams(contracts, reader);
  const files = await filesIn(paths, packFiles, reader);
  const packs: Pack[] = [];
  const tests: TestFile[] = [];
  for (const file of files) {
    if (isTestFile(file) && !withTests) continue;
    const value = await readYaml(file, isTestFile(file) ? "tests of a pack" : "a pack", reader);
    if (isTestFile(file)) {
      const read = value === undefined ? undefined : readTests(file, value, reader.problems);
      if (read !== undefined) tests.push(read);
    } else {
      const read = value === undefined ? undefined : await readPack(file, value, reader);
      if (read === undefined) reader.rejected.packs.add(file);
      else packs.push(read);
      // Of two rules without a dash between them one is lost: nobody is told that it does not exist.
      const lost = reader.problems.some((one) => one.file === file && one.code === documentProblems.duplicateKey.code);
      if (lost && read !== undefined) reader.rejected.rules.add(anyRuleOf(read.name));
    }
  }
  checkPackNames(packs, reader.problems);
  for (const file of tests) checkTests(file, packs, streams, reader);
  return { packs, streams, tests, ...reader };
}

/** The values of a YAML file; undefined, reported, when there are none. */
async function readYaml(file: string, what: string, reader: FileReader): Promise<Value | undefined> {
  const text = await textOf(file, reader);
  if (typeof text !== "string") {
    reader.problems.push(
      problem(documentProblems.unreadable, { file, path: [] }, { path: file, reason: text.reason }),
    );
    return undefined;
  }
  const before = reader.problems.length;
  const value = readDocument(text, (kind, offset, facts) => {
    reader.problems.push(problem(kind, { file, path: [], offset }, facts));
  });
  if (value === undefined && reader.problems.length === before) {
    reader.problems.push(problem(documentProblems.emptyFile, { file, path: [] }, { what }));
  }
  return value;
}

function checkPackNames(packs: readonly Pack[], problems: Problem[]): void {
  const files = new Map<string, string>();
  for (const { name, file } of packs) {
    const otherFile = files.get(name);
    if (otherFile === undefined) files.set(name, file);
    else problems.push(problem(documentProblems.duplicatePack, { file, path: ["pack"] }, { pack: name, otherFile }));
  }
}
