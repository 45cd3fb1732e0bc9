/**
 * The routing tree after compilation: who is told of which alerts, together with what, and when. Inherited settings stand
 * in every node, so that a node can be read alone.
 */
import type { Condition, Expression } from "../conditions/expression.ts";
import type { Path } from "../model/problem.ts";
import type { Millis } from "../model/time.ts";
import type { Mute } from "./mute.ts";

export interface Route {
  /** Hash of the conditions from the root down to this node: edits of times and sinks keep its groups. */
  readonly id: string;
  /** Where it stands in the deployment file: ["routes", 0, "routes", 1]. */
  readonly path: Path;
  /** Undefined takes every alert. */
  readonly match: Condition | undefined;
  /** The condition on one line, for people. */
  readonly label: string;
  /** Its own sinks or those of the node above; empty: only what a node below takes is taken. */
  readonly sinks: readonly string[];
  /** Nodes behind this one are asked too. */
  readonly continues: boolean;
  readonly policy: Policy;
  readonly routes: readonly Route[];
}

/** How a node tells people. */
export interface Policy {
  readonly grouping: Grouping | undefined;
  readonly mutes: readonly Mute[];
  readonly budget: Budget | undefined;
}

/** What goes out together, and when. */
export interface Grouping {
  /** Values that alerts of one group share; undefined: each fingerprint is a group of its own. */
  readonly by: readonly { readonly name: string; readonly expression: Expression }[] | undefined;
  /** How long a new group waits for others. */
  readonly firstNoticeAfter: Millis;
  /** Shortest time between two notices of a group. */
  readonly updateAtMostEvery: Millis;
  /** How often people are reminded of what still fires; undefined: never. */
  readonly remindEvery: Millis | undefined;
}

/** At most `max` notices in a window of `every` that begins with its first. */
export interface Budget {
  readonly max: number;
  readonly every: Millis;
}

/** Every node of a tree, a node before those below it. */
export function allRoutes(routes: readonly Route[]): readonly Route[] {
  return routes.flatMap((route) => [route, ...allRoutes(route.routes)]);
}
