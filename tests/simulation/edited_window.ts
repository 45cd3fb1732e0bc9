/**
 * What an edited rule says of its windows, computed from the table of runtime.md §6. Whether a window closed before a
 * switch is not always a matter of the log (an input that was read to its end may have been let go of): where both may
 * be, both are allowed.
 */
import type { Millis } from "../../engine/model/time.ts";
import type { Counting, EditedRule } from "./edited.ts";
import type { Border, Keyed, Stretch } from "./stretches.ts";

/** What comes of a window that closes within one stretch. */
export interface Outcome {
  /** The line that is said; undefined when nothing is. */
  readonly line: string | undefined;
  /** Whether nothing else may be. */
  readonly isSure: boolean;
}

/** Signals that a stretch keeps to itself: windows that began by `since`, alerts up to `quietUntil`. */
interface Mark {
  readonly since: Millis;
  readonly quietUntil: Millis;
}

const open: Mark = { since: -Infinity, quietUntil: -Infinity };
const nothing: Outcome = { line: undefined, isSure: true };

export class EditedWindows {
  private readonly versions: readonly (Counting | undefined)[];
  private readonly marks: readonly Mark[];

  constructor(
    private readonly rule: EditedRule,
    stretches: readonly Stretch[],
    private readonly borders: readonly Border[],
    private readonly end: Millis,
  ) {
    this.versions = stretches.map(({ version }) => rule.versions[version]);
    this.marks = this.versions.map((_, stretch) => this.markOf(stretch));
  }

  /** For each window, what may come of it: one outcome for each stretch in which it may close. */
  outcomes(events: readonly Keyed[]): readonly (readonly Outcome[])[] {
    const sizes = new Set(this.rule.versions.flatMap((version) => version === undefined ? [] : [version.size]));
    return [...sizes].flatMap((size) =>
      [...windowsOf(events, size)].flatMap(([, within]) => {
        const start = startOf(within[0]!, size);
        if (start + size > this.end) return [];
        return [this.closings(start + size).map((stretch) => this.outcomeOf(stretch, start, size, within))];
      })
    );
  }

  /** Stretches in which a window with this end may close. */
  private closings(end: Millis): readonly number[] {
    const closed = this.borders.map((border, i) => i === 0 ? false : isClosed(border, end));
    const closings = closed.flatMap((before, i) => before === true || closed[i + 1] === false ? [] : [i]);
    // What closes while the rule is away is kept for a day, and may close again when the rule is back.
    const back = closings.flatMap((i) =>
      this.versions[i] !== undefined ? [] : [this.versions.findIndex((one, later) => later > i && one !== undefined)]
    );
    return [...new Set([...closings, ...back.filter((i) => i >= 0)])];
  }

  private outcomeOf(stretch: number, start: Millis, size: Millis, within: readonly Keyed[]): Outcome {
    const version = this.versions[stretch];
    if (version === undefined || version.size !== size) return nothing;
    const begin = this.beginOf(stretch);
    const counted = within.filter((event) =>
      event.stretch >= begin && event.stretch <= stretch && this.versions[event.stretch] !== undefined
    );
    const { since, quietUntil } = this.marks[stretch] ?? open;
    if (counted.length < version.least || start <= since || start + size <= quietUntil) return nothing;
    const wasAway = this.versions.some((one, i) => i > begin && i < stretch && one === undefined);
    const line = `${this.rule.id} of ${counted[0]?.key} at ${start} counts ${counted.length}`;
    return { line, isSure: !wasAway };
  }

  /** The stretch in which the state that a stretch has began: an edit of the window begins anew, a rule away is kept. */
  private beginOf(stretch: number): number {
    const size = this.versions[stretch]?.size;
    let begin = stretch;
    while (begin > 0) {
      const before = this.versions[begin - 1];
      if (before !== undefined && before.size !== size) break;
      begin--;
    }
    return begin;
  }

  private markOf(stretch: number): Mark {
    const version = this.versions[stretch];
    const newest = this.borders[stretch]?.newest ?? -Infinity;
    if (version === undefined || stretch === 0 || newest === -Infinity) return open;
    const last = this.versions.findLastIndex((one, i) => i < stretch && one !== undefined);
    if (last < 0) return { ...open, since: newest };
    if (this.versions[last]?.size === version.size) return this.markOf(last);
    return { ...open, quietUntil: newest + version.size };
  }
}

/** Undefined where the log does not say. */
function isClosed({ inputs }: Border, end: Millis): boolean | undefined {
  if (inputs.every(({ watermark }) => watermark >= end)) return true;
  return inputs.some(({ watermark, isRead }) => !isRead && watermark < end) ? false : undefined;
}

/** Events by window; those that their own partition finds too late for it left out. */
function windowsOf(events: readonly Keyed[], size: Millis): ReadonlyMap<string, readonly Keyed[]> {
  const fit = events.filter((event) => startOf(event, size) + size > event.watermark);
  return Map.groupBy(fit, (event) => `${startOf(event, size)} ${event.key}`);
}

function startOf({ time }: Keyed, size: Millis): Millis {
  return Math.floor(time / size) * size;
}
