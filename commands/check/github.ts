/** `--format github`: workflow commands, which GitHub Actions shows as annotations of the changed lines. */
import { locateProblems } from "../../engine/load/locate.ts";
import { summarize } from "../../engine/load/render.ts";
import type { Findings } from "./formats.ts";

const levels = { error: "error", warning: "warning", note: "notice" } as const;

/** One command a problem; nothing when there is none. */
export function github({ problems, texts }: Findings): string {
  const located = locateProblems(problems, texts);
  const lines = located.map(({ problem, place, rule }) => {
    const { code, severity, message, notes, help, file } = problem;
    const title = `${code}${rule === undefined ? "" : ` rule "${rule}"`}`;
    const properties = {
      file,
      ...(place && { line: place.line, col: place.column, endLine: place.endLine, endColumn: place.endColumn }),
      title,
    };
    const text = [message, ...notes.map((note) => `note: ${note}`), ...(help === undefined ? [] : [`help: ${help}`])];
    const named = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`).join(",");
    return `::${levels[severity]} ${named}::${data(text.join("\n"))}`;
  });
  if (lines.length === 0) return "";
  return `${[...lines, summarize(located.map(({ problem }) => problem))].join("\n")}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
