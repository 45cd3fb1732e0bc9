/**
 * A problem is a value: what is wrong with a pack, a contract, a test or a configuration, where, and the way out.
 * Wording lives in the catalogues (`problems_*.ts`), positions are found by the loader from `path` and `range`.
 */

export type ProblemSeverity = "error" | "warning" | "note";

/** Keys and indexes from the root of a YAML or JSON document. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** `V` and three digits; each code has a page in docs/reference/problems. */
  readonly code: string;
  readonly severity: ProblemSeverity;
  /** One sentence in active voice that names what failed and the value at fault, without a full stop. */
  readonly message: string;
  /** Facts that explain it, shown as `= note:`. */
  readonly notes: readonly string[];
  /** The way out, shown as `= help:`. */
  readonly help: string | undefined;
  /** The document at fault, as a path relative to the working directory. */
  readonly file: string;
  /** Node at fault; the root when empty. */
  readonly path: Path;
  /** Whether the caret stands under the node's key or its value. */
  readonly at: "key" | "value";
  /** Part of the scalar at `path`, as offsets into its text; the whole node when undefined. */
  readonly range: { readonly start: number; readonly end: number } | undefined;
  /** Offsets into the file itself, for what has no node (syntax); wins over `path`. */
  readonly offset: { readonly start: number; readonly end: number } | undefined;
  /** Id of the rule concerned. */
  readonly rule: string | undefined;
}

/** One entry of a catalogue: how a code is documented and worded. `A` is what the wording needs to know. */
export interface ProblemKind<A> {
  readonly code: string;
  readonly severity: ProblemSeverity;
  /** Heading of the reference page. */
  readonly title: string;
  /** The reference page: why it is refused and how to mend it, in Markdown. */
  readonly explains: string;
  readonly say: (facts: A) => { message: string; notes?: readonly string[]; help?: string };
}

/** Where a problem stands. */
export interface ProblemSite {
  readonly file: string;
  readonly path: Path;
  readonly at?: "key" | "value";
  readonly range?: { readonly start: number; readonly end: number };
  readonly offset?: { readonly start: number; readonly end: number };
  readonly rule?: string;
}

/** Lets a catalogue infer the facts of each entry. */
export function problemKind<A>(kind: ProblemKind<A>): ProblemKind<A> {
  return kind;
}

/** A problem of a kind, at a site, worded with its facts. */
export function problem<A>(kind: ProblemKind<A>, site: ProblemSite, facts: A): Problem {
  const said = kind.say(facts);
  return {
    code: kind.code,
    severity: kind.severity,
    message: said.message,
    notes: said.notes ?? [],
    help: said.help,
    file: site.file,
    path: site.path,
    at: site.at ?? "value",
    range: site.range,
    offset: site.offset,
    rule: site.rule,
  };
}

/** The candidate nearest to a misspelt name by edit distance, when it is near enough to be meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost 1. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
