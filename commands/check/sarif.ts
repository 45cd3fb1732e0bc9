/** `--format sarif`: SARIF 2.1.0, which code scanning services and editors read. */
import { type LocatedProblem, locateProblems } from "../../engine/load/locate.ts";
import { problemKinds } from "../../engine/model/problems/mod.ts";
import type { Findings } from "./formats.ts";

/** One run with a result a problem, and the rules (our problem codes) that occur. */
export function sarif({ problems, texts }: Findings): string {
  const located = locateProblems(problems, texts);
  const codes = [...new Set(located.map(({ problem }) => problem.code))].sort();
  const rules = codes.map((code) => {
    const kind = problemKinds.find((one) => one.code === code);
    return {
      id: code,
      shortDescription: { text: kind?.title ?? code },
      fullDescription: { text: kind?.explains ?? code },
    };
  });
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: "vigie", rules } },
      columnKind: "unicodeCodePoints",
      results: located.map((one) => resultOf(one, codes)),
    }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function resultOf({ problem, place }: LocatedProblem, codes: readonly string[]) {
  const { code, severity, message, notes, help, file } = problem;
  const text = [message, ...notes, ...(help === undefined ? [] : [`Help: ${help}`])].join("\n");
  const region = place && {
    startLine: place.line,
    startColumn: place.column,
    endLine: place.endLine,
    endColumn: place.endColumn,
  };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, ...(region && { region }) } }],
  };
}
