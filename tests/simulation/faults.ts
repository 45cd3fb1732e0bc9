/**
 * What may go wrong, and where: a fault strikes at the so-manyth time that something is done, by whichever process does
 * it, so that a run has a crash between any two hops. Faults are plain data: taking one away leaves the others.
 */
import type { Millis } from "../../engine/model/time.ts";
import type { Chance } from "./chance.ts";

/** Things done to the outside, which is where a process can be seen to stop. */
export const hops = [
  "open", // the source says what there is
  "poll", // the source hands over a batch
  "load", // states are read
  "timers", // timers are read
  "breathe", // between two slices of events, or of timers
  "save",
  "pending", // what waits for a lane is read
  "deliver",
  "claim",
  "renew",
  "release",
] as const;
export type Hop = (typeof hops)[number];

/** `before`: it was not done yet. `after`: it was done, and nobody knows. */
export type Moment = "before" | "after";

export type Harm =
  /** The process is gone with its memory; another is started a little later. */
  | { readonly is: "crash" }
  /** The process stands still, another is started, then it goes on: a zombie. */
  | { readonly is: "freeze"; readonly millis: Millis }
  /** The process is asked to stop, and started again. */
  | { readonly is: "stop" }
  /** The plan is read again, with one rule more or less. */
  | { readonly is: "reload" }
  | { readonly is: "wall clock"; readonly millis: Millis }
  /** Nothing answers for a while. */
  | { readonly is: "store away" | "sinks away"; readonly millis: Millis }
  /** The store is what it was so many checkpoints ago. */
  | { readonly is: "set back"; readonly checkpoints: number }
  /** This one request fails: it was never done, or it was and the answer is lost. */
  | { readonly is: "no answer" }
  /** This one request is given up, and done all the same a while later. */
  | { readonly is: "straggler"; readonly millis: Millis }
  | { readonly is: "slow"; readonly millis: Millis };

export interface Fault {
  readonly hop: Hop;
  /** Which time of that hop, counted from 1 over all processes. */
  readonly nth: number;
  readonly moment: Moment;
  readonly harm: Harm;
}

/** Hops at which the process asks somebody: a request can fail. */
const asked: readonly [Hop, ...Hop[]] = ["load", "timers", "save", "save", "pending", "deliver", "claim", "renew"];
const anywhere: readonly [Hop, ...Hop[]] = [
  ...asked,
  "open",
  "poll",
  "poll",
  "breathe",
  "breathe",
  "save",
  "deliver",
  "release",
];

/** Random faults; `term` is how long a claim holds. */
export function faultsOf(chance: Chance, count: number, term: Millis): readonly Fault[] {
  return Array.from({ length: count }, () => {
    const harm = harmOf(chance, term);
    const hop = chance.of(harm.is === "no answer" || harm.is === "straggler" || harm.is === "slow" ? asked : anywhere);
    // Most of what matters happens early in a life, some of it late.
    const nth = 1 + Math.floor(chance.whole(0, 40) * chance.next());
    return { hop, nth, moment: chance.of(["before", "after"]), harm };
  });
}

/** Reloads in the middle of handling events. */
export function reloadsOf(chance: Chance, count: number): readonly Fault[] {
  return Array.from({ length: count }, () => {
    const hop = chance.of<Hop>(["poll", "breathe", "save", "deliver"]);
    return { hop, nth: chance.whole(2, 30), moment: chance.of(["before", "after"]), harm: { is: "reload" } };
  });
}

function harmOf(chance: Chance, term: Millis): Harm {
  return chance.of<() => Harm>([
    () => ({ is: "crash" }),
    () => ({ is: "crash" }),
    () => ({ is: "crash" }),
    () => ({ is: "freeze", millis: chance.whole(term / 4, term * 4) }),
    () => ({ is: "freeze", millis: chance.whole(term, term * 3) }),
    () => ({ is: "stop" }),
    () => ({ is: "reload" }),
    () => ({ is: "wall clock", millis: chance.whole(-60_000, 60_000) }),
    () => ({ is: "store away", millis: chance.whole(1, term * 2) }),
    () => ({ is: "sinks away", millis: chance.whole(1, term * 2) }),
    () => ({ is: "set back", checkpoints: chance.whole(1, 5) }),
    () => ({ is: "no answer" }),
    () => ({ is: "no answer" }),
    () => ({ is: "no answer" }),
    () => ({ is: "straggler", millis: chance.whole(1, term) }),
    () => ({ is: "slow", millis: chance.whole(1, term * 2) }),
  ])();
}

export function describe({ hop, nth, moment, harm }: Fault): string {
  const { is, ...more } = harm;
  return `${is}${Object.values(more).map((value) => ` ${value}`).join("")} ${moment} ${hop} ${nth}`;
}
