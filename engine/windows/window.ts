/** What a window is. Three shapes cover all: windows with fixed edges, windows that grow and merge, windows that slide. */
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";

/** Windows whose edges do not depend on events: tumbling, hopping. */
export interface AlignedWindow {
  readonly shape: "aligned";
  readonly size: Millis;
  /** Distance between the starts of neighbouring windows; with a time zone, nominal. */
  readonly every: Millis;
  /** Starts of all windows that hold `time`, oldest first. Appends to `into` (cleared by the caller). */
  readonly starts: (time: Millis, into: Millis[]) => void;
  /** End of the window that starts at `start`; exclusive. */
  readonly end: (start: Millis) => Millis;
  /** Start of the window that follows: tells whether two windows are neighbours. */
  readonly next: (start: Millis) => Millis;
}

/** Windows that events open, extend and connect: sessions. */
export interface MergingWindow {
  readonly shape: "merging";
  readonly gap: Millis;
}

/** The last `size` before the newest event of the key, exclusive of its beginning. */
export interface SlidingWindow {
  readonly shape: "sliding";
  readonly size: Millis;
  /** Length of the buckets that stand for events; undefined keeps events and exact edges. */
  readonly resolution: Millis | undefined;
}

export type Window = AlignedWindow | MergingWindow | SlidingWindow;

/** What is wrong with the options of a window, and the way out. */
export interface Wrong {
  readonly wrong: string;
  readonly help: string;
  /** The option at fault, when it is one. */
  readonly at?: string;
}

/** One file per window; `mod.ts` lists them. */
export interface WindowKind {
  /** The key that selects it in YAML: `tumbling`. Its value is a duration. */
  readonly name: string;
  readonly summary: string;
  /** What the duration behind the name means. */
  readonly size: string;
  /** Further keys that stand beside it, by name, as JSON Schema. */
  readonly options: { readonly [name: string]: Readonly<Record<string, unknown>> };
  /** Those of the options that must be there. */
  readonly required?: readonly string[];
  /** When rules speak unless they say so. */
  readonly emit: "on_match" | "on_close";
  /**
   * The window of checked options (durations are strings that parse), or a sentence that says what is wrong and the
   * way out.
   */
  readonly create: (options: { readonly [name: string]: Value }) => Window | Wrong;
  readonly example: string;
}
