/** The first page of the reference: every other page with its sentence, by folder. */
import { type Page, table } from "./page.ts";

const headings: Readonly<Record<string, string>> = {
  files: "Files",
  kinds: "Kinds of rules",
  windows: "Windows",
  aggregates: "Aggregates",
  sinks: "Sinks",
  commands: "Commands",
  problems: "Problems",
};

/** An index over pages. */
export function indexPage(pages: readonly Page[]): Page {
  const sections = Object.entries(headings).flatMap(([folder, heading]) => {
    const within = pages.filter(({ path }) => path.startsWith(`${folder}/`));
    const rows = within.map(({ path, title, summary }) => [`[${title}](${path})`, summary]);
    return [`## ${heading}`, "", ...table(["page", "says"], rows)];
  });
  return {
    path: "README.md",
    title: "Reference",
    summary: "What the code says of itself: every name that a rule, a command line or an error may show.",
    body: sections,
  };
}
