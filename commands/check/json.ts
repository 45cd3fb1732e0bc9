/** `--format json`: stable, for programs. Fields may be added, never renamed. */
import { locateProblems } from "../../engine/load/locate.ts";
import type { Findings } from "./formats.ts";

/** One JSON document: problems in the order of files and lines, and their counts. */
export function json({ problems, texts }: Findings): string {
  const located = locateProblems(problems, texts);
  const count = (severity: string) => located.filter(({ problem }) => problem.severity === severity).length;
  const document = {
    problems: located.map(({ problem, place, rule }) => ({
      code: problem.code,
      severity: problem.severity,
      message: problem.message,
      notes: problem.notes,
      help: problem.help ?? null,
      file: problem.file,
      line: place?.line ?? null,
      column: place?.column ?? null,
      end_line: place?.endLine ?? null,
      end_column: place?.endColumn ?? null,
      rule: rule ?? null,
    })),
    errors: count("error"),
    warnings: count("warning"),
    notes: count("note"),
    files: texts.size,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
