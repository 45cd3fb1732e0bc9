/** Pages of the problems that `vigie check` reports: one a code. */
import { problemKinds } from "../../engine/model/problems/mod.ts";
import type { Page } from "./page.ts";

const severityWords = { error: "An error", warning: "A warning", note: "A note" } as const;

/** One page a code. */
export function problemPages(): Page[] {
  return problemKinds.map(({ code, severity, title, explains }) => ({
    path: `problems/${code}.md`,
    title: `${code}: ${title}`,
    summary: `${severityWords[severity]} of \`vigie check\`.`,
    body: [explains],
  }));
}
