/** How problems are shown: for people, for programs, for GitHub and for what reads SARIF. */
import { renderProblems } from "../../engine/load/render.ts";
import type { Problem } from "../../engine/model/problem.ts";
import { github } from "./github.ts";
import { json } from "./json.ts";
import { sarif } from "./sarif.ts";

/** What was found, with the text of every file that was read. */
export interface Findings {
  readonly problems: readonly Problem[];
  readonly texts: ReadonlyMap<string, string>;
  readonly colour: boolean;
}

/** The whole output of `check` in one format. */
export type Format = (findings: Findings) => string;

const text: Format = ({ problems, texts, colour }) =>
  problems.length === 0
    ? `no problems in ${texts.size} file${texts.size === 1 ? "" : "s"}\n`
    : renderProblems(problems, texts, { colour });

export const formats = { text, json, github, sarif } satisfies Record<string, Format>;

/** The format of a name, undefined when there is none. */
export function findFormat(name: string): Format | undefined {
  return Object.entries(formats).find(([known]) => known === name)?.[1];
}
