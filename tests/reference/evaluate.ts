/** The reference: a log and rules in, everything that leaves the engine out. Nothing is kept between two questions. */
import { aligned, type AlignedMeaning } from "./aligned.ts";
import { absence, type AbsenceMeaning } from "./absence.ts";
import { filter } from "./filter.ts";
import { join, type JoinMeaning } from "./join.ts";
import { kpi, type KpiMeaning } from "./kpi.ts";
import { isLate, type Log } from "./log.ts";
import { outcomeOf, type Said } from "./outcome.ts";
import type { RuleMeaning, Signal } from "./rule.ts";
import { score, type ScoreMeaning } from "./score.ts";
import { sequence, type SequenceMeaning } from "./sequence.ts";
import { session, type SessionMeaning } from "./session.ts";
import { sliding, type SlidingMeaning } from "./sliding.ts";
import { zscore, type ZscoreMeaning } from "./zscore.ts";

/** A rule of any kind. */
export type Meaning =
  | { readonly kind: "filter"; readonly rule: RuleMeaning; readonly output: "alert" | "record" }
  | { readonly kind: "aligned"; readonly rule: AlignedMeaning }
  | { readonly kind: "session"; readonly rule: SessionMeaning }
  | { readonly kind: "sliding"; readonly rule: SlidingMeaning }
  | { readonly kind: "join"; readonly rule: JoinMeaning }
  | { readonly kind: "sequence"; readonly rule: SequenceMeaning }
  | { readonly kind: "absence"; readonly rule: AbsenceMeaning }
  | { readonly kind: "kpi"; readonly rule: KpiMeaning }
  | { readonly kind: "score"; readonly rule: ScoreMeaning }
  | { readonly kind: "zscore"; readonly rule: ZscoreMeaning };

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
    case "join":
      return join(log, meaning.rule);
    case "sequence":
      return sequence(log, meaning.rule);
    case "absence":
      return absence(log, meaning.rule);
    case "kpi":
      return kpi(log, meaning.rule);
    case "score":
      return score(log, meaning.rule);
    case "zscore":
      return zscore(log, meaning.rule);
  }
}
