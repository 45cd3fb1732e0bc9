/** The reference: a log and rules in, everything that leaves the engine out. Nothing is kept between two questions. */
import { aligned, type AlignedMeaning } from "./aligned.ts";
import { filter } from "./filter.ts";
import { isLate, type Log } from "./log.ts";
import { outcomeOf, type Said } from "./outcome.ts";
import type { RuleMeaning, Signal } from "./rule.ts";
import { session, type SessionMeaning } from "./session.ts";
import { sliding, type SlidingMeaning } from "./sliding.ts";

/** A rule of any kind. */
export type Meaning =
  | { readonly kind: "filter"; readonly rule: RuleMeaning; readonly output: "alert" | "record" }
  | { readonly kind: "aligned"; readonly rule: AlignedMeaning }
  | { readonly kind: "session"; readonly rule: SessionMeaning }
  | { readonly kind: "sliding"; readonly rule: SlidingMeaning };

export interface Refused {
  readonly stream: string;
  readonly offset: number;
  readonly reason: string;
}

export interface Outcome {
  readonly said: readonly Said[];
  readonly late: readonly Refused[];
  readonly dead: readonly Refused[];
}

export function evaluate(log: Log, meanings: readonly Meaning[]): Outcome {
  return {
    said: meanings.flatMap((meaning) => outcomeOf(meaning.rule, signalsOf(log, meaning))),
    late: log.events.filter(isLate).map(({ stream, offset }) => ({ stream, offset, reason: "late" })),
    dead: log.files.flatMap(({ stream, lines }) => {
      return lines.flatMap((line, offset) => "dead" in line ? [{ stream, offset, reason: line.dead }] : []);
    }),
  };
}

function signalsOf(log: Log, meaning: Meaning): readonly Signal[] {
  switch (meaning.kind) {
    case "filter":
      return filter(log, meaning.rule, meaning.output);
    case "aligned":
      return aligned(log, meaning.rule);
    case "session":
      return session(log, meaning.rule);
    case "sliding":
      return sliding(log, meaning.rule);
  }
}
