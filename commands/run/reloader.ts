/**
 * Reload of packs, contracts and thresholds (runtime.md §6): when a signal or a request asks, and when the folders change.
 * They are read once their content has been the same for half a second, so a half-written folder is never loaded; a
 * content with a problem is refused whole, once, and the plan in force stays.
 */
import { monotonic, sleep } from "../../engine/adapters/clock.ts";
import type { Setup } from "../../engine/runtime/engine/options.ts";
import { contentOf, outlineOf } from "./content.ts";
import type { ReadSetup } from "./read_setup.ts";
import type { Reloaded } from "./server.ts";

export interface ReloaderNeeds {
  /** Folders and files that make a plan. */
  readonly paths: readonly string[];
  /** Reads again what the store says of endpoints: that is no part of a plan. */
  readonly refresh: () => Promise<void>;
  /** Reads what stands there now: a setup, or the problems as people read them. */
  readonly read: () => Promise<ReadSetup>;
  /** Switches; the offsets from which the plan holds, undefined where nothing runs at the moment. */
  readonly switchTo: (setup: Setup) => Promise<ReadonlyMap<string, number> | undefined>;
  readonly log: (line: string) => void;
}

/** The content must have been the same for so long. */
const settleMillis = 500;
/** Folders are looked at this often: a watch does not see every way in which a folder can be replaced. */
const lookMillis = 2_000;

export class Reloader {
  readonly counts = { done: 0, failed: 0 };
  last: Reloaded | undefined;
  /** Content of the plan that was refused last. */
  private refused: string | undefined;
  private working: Promise<Reloaded> | undefined;
  private readonly stopped = new AbortController();

  /** `current`: what the plan in force was read from, and what it means. */
  constructor(private readonly needs: ReloaderNeeds, private current: { content: string; meaning: string }) {
    void this.watch();
  }

  /** Reads and switches now; a reload that is under way is waited for. */
  reload(): Promise<Reloaded> {
    this.working ??= this.attempt().finally(() => {
      this.working = undefined;
    });
    return this.working;
  }

  stop(): void {
    this.stopped.abort();
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopped;
    let outline = "";
    while (!signal.aborted) {
      await sleep(lookMillis, signal);
      if (signal.aborted || this.working !== undefined) continue;
      const now = await outlineOf(this.needs.paths);
      if (now === outline) continue;
      outline = now;
      const content = await contentOf(this.needs.paths);
      if (content !== this.current.content && content !== this.refused) await this.reload();
    }
  }

  private async attempt(): Promise<Reloaded> {
    await this.needs.refresh();
    for (;;) {
      const content = await this.settledContent();
      const read = content === this.current.content ? undefined : await this.needs.read();
      // What was read is what was looked at, or it is looked at again.
      if (await contentOf(this.needs.paths) !== content) continue;
      this.last = read === undefined ? { outcome: "unchanged" } : await this.conclude(content, read);
      return this.last;
    }
  }

  private async conclude(content: string, read: ReadSetup): Promise<Reloaded> {
    const { log, switchTo } = this.needs;
    if ("problems" in read) {
      if (content !== this.refused) {
        this.counts.failed++;
        log(`The rules were not reloaded, those in force go on:\n${read.problems}`);
      }
      this.refused = content;
      return { outcome: "refused", problems: read.problems };
    }
    const isSame = read.meaning === this.current.meaning;
    this.current = { content, meaning: read.meaning };
    this.refused = undefined;
    if (isSame) return { outcome: "unchanged" };
    const begun = monotonic();
    const offsets = await switchTo(read.setup) ?? new Map<string, number>();
    this.counts.done++;
    const places = [...offsets].map(([partition, offset]) => `${partition} at ${offset}`).join(", ");
    log(`Reloaded in ${Math.round(monotonic() - begun)} ms; in force from ${places || "the next event"}`);
    return { outcome: "switched", offsets: Object.fromEntries(offsets) };
  }

  /** The content, once it has been the same for a while. */
  private async settledContent(): Promise<string> {
    for (let before = await contentOf(this.needs.paths);;) {
      await sleep(settleMillis, this.stopped.signal);
      const after = await contentOf(this.needs.paths);
      if (after === before || this.stopped.signal.aborted) return after;
      before = after;
    }
  }
}
