/** The table of `vigie generate --list`: streams with their fields, and the planted cases of every rule. */
import { cases } from "../../engine/generate/cases/mod.ts";
import { streamKinds } from "../../engine/generate/mod.ts";
import { plant } from "../../engine/generate/planting.ts";
import { rowOf } from "../../engine/generate/stream.ts";
import type { Fields } from "../../engine/model/value.ts";

/** Text of at most so many columns, except for words that are longer. */
export function listStreams(columns: number): string {
  return [...streamLines(columns), "", ...caseLines(), ""].join("\n");
}

function streamLines(columns: number): string[] {
  const names = Object.keys(streamKinds);
  const width = Math.max(...names.map((name) => name.length));
  return ["streams and their fields:"].concat(names.flatMap((name) => {
    const lines = wrapped(fieldsOf(name).join(" "), columns - width - 4);
    return lines.map((line, i) => `  ${(i === 0 ? name : "").padEnd(width)}  ${line}`);
  }));
}

/** Fields of an event; of the row, for change streams. */
function fieldsOf(name: string): string[] {
  const kind = streamKinds[name];
  const isChange = kind?.message("0", 0, {}).op !== undefined;
  const event: Fields = kind?.message("0", 0, isChange ? { after: {} } : {}) ?? {};
  return Object.keys(isChange ? rowOf(event) : event);
}

function caseLines(): string[] {
  const rows = cases.map((one) => ({
    rule: one.rule,
    effect: one.fires ? one.by : `no ${one.by}`,
    says: one.says,
    streams: [...new Set(plant(one, streamKinds, 0, "0").events.map(({ stream }) => stream))].join(", "),
  }));
  const width = Math.max(...rows.map(({ rule }) => rule.length));
  return [
    "planted cases, all within 10 s of the start and again every hour:",
    ...rows.map(({ rule, effect, says, streams }) =>
      `  ${rule.padEnd(width)}  ${effect.padEnd(9)}  ${says} (${streams})`
    ),
  ];
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
