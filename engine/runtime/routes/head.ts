/** The head of the routes' checkpoint: how far they have read each outbox, and what became of alerts. */
import type { RouterCounts } from "../../routing/router.ts";

export interface RoutesHead {
  /** Number of the last alert taken, by task. */
  readonly positions: { readonly [task: string]: number };
  /** Number of the last entry of the routes' own outbox. */
  readonly seq: number;
  readonly counts: RouterCounts;
}

/** Name of the task in the store. */
export const routesTask = "routes";

const version = "1";

export function writeRoutesHead(head: RoutesHead): string {
  return version + JSON.stringify(head);
}

/** Throws where a later Vigie wrote it. */
export function readRoutesHead(text: string | undefined): RoutesHead {
  if (text === undefined) return { positions: {}, seq: 0, counts: { taken: 0, unrouted: 0, silenced: {} } };
  if (!text.startsWith(`${version}{`)) {
    throw new Error(
      "The state of the routes was written by a later version of Vigie: start that version, or start anew with --fresh",
    );
  }
  const head: RoutesHead = JSON.parse(text.slice(version.length));
  return head;
}
