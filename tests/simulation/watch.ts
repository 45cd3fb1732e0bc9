/**
 * What must never happen while a world runs, whatever strikes: a delivery by a process that does not own the task, one
 * before the checkpoint that contains it, one that is said again after a clean stop.
 */
import type { Millis } from "../../engine/model/time.ts";
import type { Parcel } from "../../engine/runtime/settle/entry.ts";
import { lanes } from "./engine.ts";
import { mustWait } from "./plan.ts";
import type { Process } from "./process.ts";
import { nameOf, Received } from "./sink.ts";
import type { World } from "./world.ts";

export class Watch {
  /** What must not happen and did. */
  readonly failures: string[] = [];
  readonly received: ReadonlyMap<string, Received> = new Map(lanes.map((lane) => [lane, new Received()]));
  private readonly waiting: ReadonlySet<string>;
  /** What was said by a process that ended cleanly, as sink and name. */
  private readonly settled = new Set<string>();
  private settledAt: Millis = Infinity;
  private setBackAt: Millis = -Infinity;

  constructor(private readonly world: World) {
    this.waiting = new Set(
      world.plans.versions.flatMap(({ rules }) => rules.filter(mustWait).map(({ text }) => text.id)),
    );
  }

  /** A delivery is begun. */
  begun(process: Process, batch: readonly Parcel[]): void {
    const { store } = this.world;
    const owner = store.owner();
    if (this.isTold() && owner !== process.name) this.fail(`${process.name} delivers while ${owner} owns the task`);
    for (const parcel of batch) {
      if ("refused" in parcel) continue;
      const rule = "alert" in parcel ? parcel.alert.rule : parcel.record.rule;
      if (this.waiting.has(rule) && !store.saved.has(nameOf(parcel))) {
        this.fail(`${nameOf(parcel)} of ${rule} leaves before the checkpoint that contains it`);
      }
    }
  }

  /** A sink has taken what it was given. */
  taken(process: Process, sink: string, batch: readonly Parcel[]): void {
    for (const parcel of batch) {
      const name = nameOf(parcel);
      this.world.note(`${process.name} delivers ${labelOf(parcel)} to ${sink}`);
      this.received.get(sink)?.take(parcel);
      if (process.claimedAt > this.settledAt && this.settled.has(`${sink} ${name}`)) {
        this.fail(`${name} is said again to ${sink} after a clean stop`);
      }
    }
  }

  /** A process has ended in its own time: what it said is not said again, and a drain leaves nothing behind. */
  endedCleanly({ name, acknowledged }: Process, end: string, left: number): void {
    this.settledAt = this.world.timeline.now;
    if (end === "drained" && left > 0 && this.isTold()) this.fail(`${name} drained and left ${left} undelivered`);
    for (const said of acknowledged) this.settled.add(said);
  }

  /** The store is what it was: what was said since may be said again. */
  wasSetBack(): void {
    this.setBackAt = this.world.timeline.now;
    this.settled.clear();
  }

  /** A store that was set back names an owner of then; the owner of today learns it when its claim is renewed. */
  private isTold(): boolean {
    const { timeline, scenario: { settings: { term } } } = this.world;
    return timeline.now > this.setBackAt + 2 * term;
  }

  private fail(what: string): void {
    this.world.note(`!!! ${what}`);
    this.failures.push(what);
  }
}

function labelOf(parcel: Parcel): string {
  if ("refused" in parcel) return nameOf(parcel);
  const { rule, event_time } = "alert" in parcel ? parcel.alert : parcel.record;
  return `${rule} of ${event_time.slice(11, 19)} (${nameOf(parcel).slice(0, 8)})`;
}
