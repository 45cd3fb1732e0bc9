/** Tests of a pack as their authors write them (language.md §4), after the structure was checked. */
import type { Path } from "./problem.ts";
import type { Fields } from "./value.ts";

export interface TestFile {
  readonly file: string;
  readonly pack: string;
  /** RFC 3339: `at: 0s` is this time. */
  readonly start: string;
  /** Fields of every event of a stream, unless the event says otherwise. */
  readonly defaults: { readonly [stream: string]: Fields };
  readonly tests: readonly PackTest[];
}

export interface PackTest {
  readonly name: string;
  /** Path in the file: ["tests", 2]. */
  readonly path: Path;
  /** As written: `{ at: 3s, payments: {…}, repeat: 4, every: 1s }` or `{ at: 20s, advance: true }`. */
  readonly given: readonly Fields[];
  /** Each names what it expects of one alert; `at` is relative to the start. */
  readonly expect: readonly Fields[];
  /** Expected records; undefined where the test does not look at them. */
  readonly records: readonly Fields[] | undefined;
  /** Alerts that no expectation matches are allowed. */
  readonly others: boolean;
  readonly lookups: { readonly [lookup: string]: Fields };
  readonly thresholds: readonly Fields[];
}
