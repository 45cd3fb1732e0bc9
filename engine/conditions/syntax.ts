/**
 * Says what is wrong with a text that is no expression, and the likely way out: most mistakes are habits of another
 * language, which the signs before and behind the fault give away.
 */
import type { SyntaxFault } from "./cel.ts";
import type { Range } from "./node.ts";
import { habits } from "./syntax_habits.ts";
import { scan } from "./text.ts";

/** What is wrong with a text, where, and the way out where there is one. */
export interface SyntaxMistake {
  readonly wrong: string;
  readonly help: string | undefined;
  readonly range: Range;
}

/** Words for faults that say enough by themselves. */
const faults: Readonly<Record<string, Pick<SyntaxMistake, "wrong" | "help">>> = {
  limit_exceeded: { wrong: "it is too large", help: "split it into named conditions" },
  invalid_macro_argument: {
    wrong: "a macro needs a name for the elements",
    help: 'write it as `payment.tags.exists(x, x == "a")`',
  },
  unterminated_string: { wrong: "a string is not closed", help: "close it with the quote that opened it" },
};

/** What is wrong with a text that the library refused. */
export function describeSyntax(text: string, fault: SyntaxFault): SyntaxMistake {
  const { start } = fault;
  const range = { start, end: Math.max(fault.end, start + (start < text.length ? 1 : 0)) };
  if (text.trim() === "") return { wrong: "it is empty", help: undefined, range };
  const known = Object.hasOwn(faults, fault.code) ? faults[fault.code] : undefined;
  if (known !== undefined) return { ...known, range };
  if (fault.code === "reserved_identifier") return { ...reserved(text, start), range };
  const bracket = unbalanced(text);
  return habitAt(text, start) ??
    (bracket && (isAtEnd(text, fault) || bracket.wrong.startsWith("nothing"))
      ? bracket
      : { ...unexpected(text, fault), range });
}

function habitAt(text: string, start: number): SyntaxMistake | undefined {
  const [head, tail] = [text.slice(0, start), text.slice(start)];
  for (const { before, at, wrong, help } of habits) {
    const [left, right] = [before === undefined ? undefined : before.exec(head), at.exec(tail)];
    if (right === null || left === null) continue;
    const from = left === undefined ? start : left.index + (/^[\s(]*/.exec(left[0])?.[0].length ?? 0);
    const end = start + right[0].length;
    const shown = text.slice(from, end).trimEnd();
    if (shown === "") continue;
    return { wrong: wrong.replace("$&", shown), help, range: { start: from, end: from + shown.length } };
  }
  return undefined;
}

/** The bracket that nothing closes, or that closes nothing. */
function unbalanced(text: string): SyntaxMistake | undefined {
  const open: { sign: string; at: number }[] = [];
  let stray: number | undefined;
  scan(text, 0, (sign, at) => {
    if ("([{".includes(sign)) open.push({ sign, at });
    else if (")]}".includes(sign) && open.pop() === undefined) stray = at;
    return stray !== undefined;
  });
  if (stray !== undefined) return bracketMistake(`nothing opens this "${text.charAt(stray)}"`, "remove it", stray);
  const last = open.pop();
  return last && bracketMistake(`nothing closes this "${last.sign}"`, `add the "${closers[last.sign]}"`, last.at);
}

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function bracketMistake(wrong: string, help: string, at: number): SyntaxMistake {
  return { wrong, help, range: { start: at, end: at + 1 } };
}

function reserved(text: string, start: number): Pick<SyntaxMistake, "wrong" | "help"> {
  const word = /^\w+/.exec(text.slice(start))?.[0] ?? "";
  const help = word === "if" ? "choose with `condition ? one : other`" : undefined;
  return { wrong: `"${word}" is a reserved word`, help };
}

function isAtEnd(text: string, fault: SyntaxFault): boolean {
  return fault.start >= text.trimEnd().length || /EOF/.test(fault.message);
}

function unexpected(text: string, fault: SyntaxFault): Pick<SyntaxMistake, "wrong" | "help"> {
  if (isAtEnd(text, fault)) {
    if (/COLON/.test(fault.message)) {
      return { wrong: 'a choice needs an outcome behind ":"', help: "write `condition ? one : other`" };
    }
    const sign = /(&&|\|\||[<>=!]=|[-+*/<>!.?:])\s*$/.exec(text)?.[1];
    return sign === undefined
      ? { wrong: "it ends too early", help: undefined }
      : { wrong: `it ends too early, nothing stands behind "${sign}"`, help: "complete it, or remove the sign" };
  }
  const at = text.slice(fault.start).match(/^(\w+|\S)/)?.[0] ?? "";
  return { wrong: at === "" ? fault.message.toLowerCase() : `unexpected "${at}"`, help: undefined };
}
