/** What the window operators share: the rule they serve, and the evidence that windows keep. */
import type { Condition } from "../conditions/expression.ts";
import type { Carry, Judge } from "../kinds/kind.ts";
import { evidenceLimit } from "../model/alert.ts";
import { comparePlaces, type Place } from "../model/event.ts";
import { aliasProperty, type Scope } from "../model/scope.ts";
import type { CarriedEvents } from "../model/operator.ts";
import type { Window } from "../windows/window.ts";
import type { Measures } from "./measures.ts";

export interface WindowRule<W extends Window = Window> {
  readonly window: W;
  readonly emit: "on_match" | "on_close";
  readonly output: "alert" | "record";
  readonly measures: Measures;
  readonly judge: Judge;
  /** Ends an episode instead of the judge's turning false. */
  readonly recover: Condition | undefined;
  /** Windows in a row that must match before the rule speaks. */
  readonly row: number;
  /** `notify_resolved`. */
  readonly resolves: boolean;
  readonly carry: Carry;
}

/** Adds a place to the newest ten, kept in order; returns nothing, `evidence` is changed in place. */
export function addEvidence(evidence: Place[], place: Place): void {
  const newest = evidence[evidence.length - 1];
  if (newest === undefined || comparePlaces(newest, place) <= 0) evidence.push(place);
  else evidence.splice(evidence.findIndex((known) => comparePlaces(known, place) > 0), 0, place);
  if (evidence.length > evidenceLimit) evidence.shift();
}

/** Puts carried events where expressions look for them, so that a window can be judged after its events are gone. */
export function showEvents(scope: Scope, events: CarriedEvents | undefined): void {
  for (const alias in events) scope[aliasProperty(alias)] = events[alias];
}
