/** Recognises calls by their shape: aggregates such as `count(payment.status == "failed")` are calls of a whole text. */
import { parseCel } from "./cel.ts";
import { rootNames } from "./node.ts";
import { scan } from "./text.ts";

export interface Call {
  readonly name: string;
  /** Texts of the arguments as they stand between the commas, with their offsets. */
  readonly args: readonly { readonly text: string; readonly start: number; readonly end: number }[];
}

/** The call that a whole text is, when it is one of a plain function (no method); else undefined. */
export function parseCall(text: string): Call | undefined {
  const parsed = parseCel(text);
  if ("fault" in parsed || parsed.node.op !== "call" || parsed.node.receiver !== undefined) return undefined;
  const { name, args } = parsed.node;
  const open = text.indexOf("(", text.indexOf(name) + name.length);
  if (args.length === 0) return { name, args: [] };
  const cuts: number[] = [open];
  const close = scan(text, open + 1, (sign, at, depth) => {
    if (sign === "," && depth === 0) cuts.push(at);
    return depth < 0;
  });
  const ends = [...cuts.slice(1), close];
  return { name, args: cuts.slice(0, args.length).map((cut, i) => trimmed(text, cut + 1, ends[i] ?? close)) };
}

function trimmed(text: string, from: number, to: number): Call["args"][number] {
  const inner = text.slice(from, to);
  const start = from + inner.length - inner.trimStart().length;
  const end = from + inner.trimEnd().length;
  return { text: text.slice(start, end), start, end };
}

/** Names that an expression begins its paths with (aliases, aggregates, sections), once; empty when it cannot be read. */
export function identifiersOf(text: string): readonly string[] {
  const parsed = parseCel(text);
  return "fault" in parsed ? [] : rootNames(parsed.node);
}
