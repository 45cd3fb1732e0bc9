/**
 * The router: a synchronous function of (state, alert or timer, wall clock). It says what goes to which sinks now and when
 * it wants to be asked again; what it knows is in cells, of which a checkpoint takes those that changed. Nothing is
 * dropped: an alert is sent, counted by a notice, counted as silenced, or no route wanted it.
 */
import type { Alert } from "../model/alert.ts";
import type { Scope } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import { type Batch, batchOf } from "./batch.ts";
import { type Cell, never, type QuietCell, readCell, writeCell } from "./cells.ts";
import { Gates, isOpen } from "./gate.ts";
import { Groups } from "./groups.ts";
import { reach } from "./reach.ts";
import { allRoutes, type Route } from "./route.ts";
import type { Sent } from "./send.ts";
import { type ReadySilence, silenceOf } from "./silence.ts";
import { scopeOf } from "./vocabulary.ts";

/** What the router must know of an alert's rule. */
export interface RuleFacts {
  /** Whether the end of an episode is told: only then is a reminder possible. */
  readonly resolves: boolean;
  /** Sinks that have the alert already; they are not given it a second time. */
  readonly given: readonly string[];
}

/** What became of alerts since the state began. */
export interface RouterCounts {
  taken: number;
  unrouted: number;
  /** By the id of the silence. */
  silenced: { [silence: string]: number };
}

/** A cell to write; undefined deletes it. */
export interface CellChange {
  readonly key: string;
  readonly due: Millis | undefined;
  readonly text: string | undefined;
}

/** Episodes that say nothing for so long are forgotten. */
const episodeMax: Millis = 7 * 86_400_000;

export class Router {
  readonly counts: RouterCounts = { taken: 0, unrouted: 0, silenced: {} };
  private readonly cells = new Map<string, Cell>();
  private readonly changed = new Set<string>();
  private readonly routes: ReadonlyMap<string, Route>;
  private readonly groups: Groups;
  private readonly gates: Gates;
  private silences: readonly ReadySilence[] = [];
  private sent: Sent[] = [];

  constructor(private readonly tree: readonly Route[]) {
    this.routes = new Map(allRoutes(tree).map((route) => [route.id, route]));
    const shelf = {
      find: (key: string) => this.cells.get(key),
      keep: (cell: Cell) => this.keep(cell),
      drop: (key: string) => this.drop(key),
    };
    this.gates = new Gates(shelf, (sent) => this.sent.push(sent));
    const isSilent = (alert: Alert, now: Millis) => silenceOf(this.silences, scopeOf(alert), now) !== undefined;
    this.groups = new Groups(shelf, this.gates, isSilent);
  }

  /** Silences that hold from now on. */
  silence(silences: readonly ReadySilence[]): void {
    this.silences = silences;
  }

  /** Takes one alert; returns what goes out at once. */
  take(alert: Alert, rule: RuleFacts, now: Millis): readonly Sent[] {
    if (alert.shadow) return [];
    this.counts.taken++;
    const scope = scopeOf(alert);
    if (this.isSilenced(alert, rule, scope, now)) return [];
    const takers = reach(this.tree, scope);
    if (takers.length === 0) this.counts.unrouted++;
    const given = new Set(rule.given);
    for (const route of takers) {
      if (route.policy.grouping === undefined) this.direct(route, batchOf(alert), given, now);
      else this.groups.take(route, route.policy.grouping, alert, { scope, resolves: rule.resolves }, now);
    }
    return this.flushed();
  }

  /** Does what is due. `isEnd`: nothing more will come, so groups wait no longer; mutes and budgets hold. */
  wake(now: Millis, isEnd = false): readonly Sent[] {
    const due = [...this.cells.values()].filter((cell) => cell.due <= now || (isEnd && cell.kind === "group"));
    due.sort((a, b) => a.due - b.due || (a.key < b.key ? -1 : 1));
    for (const cell of due) {
      if (cell.kind === "quiet") this.forget(cell, now);
      else {
        const route = this.routes.get(cell.route);
        if (cell.kind === "group") this.groups.wake(cell, route, now, isEnd);
        else this.gates.wake(cell, route, now);
      }
    }
    return this.flushed();
  }

  /** When `wake` is next needed; Infinity when nothing waits. */
  get due(): Millis {
    let least = Infinity;
    for (const { due } of this.cells.values()) if (due < least) least = due;
    return least === never ? Infinity : least;
  }

  /** Cells that changed since the last call. */
  collect(): readonly CellChange[] {
    const changes = [...this.changed].map((key) => {
      const cell = this.cells.get(key);
      return { key, due: cell?.due, text: cell === undefined ? undefined : writeCell(cell) };
    });
    this.changed.clear();
    return changes;
  }

  get isChanged(): boolean {
    return this.changed.size > 0;
  }

  /** Puts back a cell that was saved. Cells of routes that are gone are due at once: what they hold goes where it was meant to go. */
  restore(text: string): void {
    const cell = readCell(text);
    this.cells.set(cell.key, cell);
    if (cell.kind !== "quiet" && !this.routes.has(cell.route)) {
      cell.due = 0;
      this.changed.add(cell.key);
    }
  }

  /** Sinks that have the alert are left out; to the others it goes as it is. */
  private direct(route: Route, batch: Batch, given: Set<string>, now: Millis): void {
    if (!isOpen(route)) return this.gates.pass(route, batch, now);
    const sinks = route.sinks.filter((sink) => !given.has(sink));
    for (const sink of sinks) given.add(sink);
    if (sinks.length > 0) this.gates.pass({ ...route, sinks }, batch, now);
  }

  private isSilenced(alert: Alert, { resolves }: RuleFacts, scope: Scope, now: Millis): boolean {
    const quiet = this.quietCell();
    const silence = silenceOf(this.silences, scope, now);
    const wasSilenced = Object.hasOwn(quiet.episodes, alert.episode);
    if (alert.status === "resolved" && wasSilenced) {
      this.forgetEpisode(quiet, alert.episode);
      this.count("resolved after a silence");
      return true;
    }
    if (silence === undefined) {
      // What is told of an episode now, its end will be told too.
      if (wasSilenced) this.forgetEpisode(quiet, alert.episode);
      return false;
    }
    this.count(silence.id);
    if (resolves && alert.status === "firing") {
      quiet.episodes[alert.episode] = now + episodeMax;
      quiet.due = Math.min(quiet.due, now + episodeMax);
      this.keep(quiet);
    }
    return true;
  }

  private forgetEpisode(quiet: QuietCell, episode: string): void {
    delete quiet.episodes[episode];
    this.keep(quiet);
  }

  private count(silence: string): void {
    this.counts.silenced[silence] = (this.counts.silenced[silence] ?? 0) + 1;
  }

  private quietCell(): QuietCell {
    const cell = this.cells.get("quiet");
    return cell?.kind === "quiet" ? cell : { kind: "quiet", key: "quiet", episodes: {}, due: never };
  }

  private forget(cell: QuietCell, now: Millis): void {
    cell.episodes = Object.fromEntries(Object.entries(cell.episodes).filter(([, until]) => until > now));
    cell.due = Math.min(never, ...Object.values(cell.episodes));
    if (cell.due === never) this.drop(cell.key);
    else this.keep(cell);
  }

  private keep(cell: Cell): void {
    this.cells.set(cell.key, cell);
    this.changed.add(cell.key);
  }

  private drop(key: string): void {
    this.cells.delete(key);
    this.changed.add(key);
  }

  private flushed(): readonly Sent[] {
    const { sent } = this;
    this.sent = [];
    return sent;
  }
}
