/**
 * One life of a task, from its claim to its end: the state that the hops of the pipeline share. A life ends with a clean
 * stop, at the end of a drain, or because the task is another's; then all of it is thrown away and the store is asked.
 */
import type { Millis } from "../../model/time.ts";
import type { RawMessage } from "../ports.ts";
import { Outbox } from "../settle/outbox.ts";
import type { DeliveryLane } from "../settle.ts";
import { partitionName, type Source } from "../source.ts";
import type { Claimed } from "../store.ts";
import { Task, type TaskOutlet } from "../task.ts";
import { Bell } from "./bell.ts";
import type { Feed } from "./feed.ts";
import { type Head, readHead } from "./head.ts";
import { openLanes, outletOf } from "./leaving.ts";
import type { Lease } from "./lease.ts";
import type { Turn } from "./merge.ts";
import type { EngineOptions, Setup } from "./options.ts";
import { quietOutlet } from "./quiet.ts";
import type { Stage } from "./stage.ts";

/** Why a life cannot go on: the task is another's, its store was set back, or the operator must mend something. */
export type RunEnd =
  | { readonly why: "fenced" | "unfollowed" }
  | { readonly why: "failed"; readonly error: Error };

/** Does something with the outside until it works, and names what is missing; undefined when stopped meanwhile. */
export type Insist = <T>(what: string, act: () => Promise<T>) => Promise<T | undefined>;

export class Run {
  readonly bell: Bell;
  readonly feeds: Feed[] = [];
  readonly lanes = new Map<string, DeliveryLane>();
  readonly outbox: Outbox;
  readonly head: Head;
  /** First offsets not handled of partitions that nothing reads now. */
  readonly positions: Map<string, number>;
  /** What the task does beside its rules, where there are many instances. */
  readonly stage: Stage | undefined;
  task: Task;
  setup: Setup;
  /** Events that the present cycle takes, in order. */
  slice: readonly Turn[] = [];
  /** Events that a stop kept from being stepped. */
  abandoned: readonly Turn[] = [];
  /** The message being stepped, for the late output. */
  current: RawMessage | undefined;
  /** Newest event time of any stream. */
  newest: Millis;
  /** Number of the last checkpoint that is true. */
  number: number;
  /** What happened since the last checkpoint was collected. */
  readonly since: { events: number; gated: Millis | undefined; once: boolean; collected: Millis } = {
    events: 0,
    gated: undefined,
    once: false,
    collected: 0,
  };
  /** The checkpoint under way. */
  saving: Promise<void> | undefined;
  /** The store has the last checkpoint, and the task does not know it yet. */
  savedDue = false;
  /** Keys may have left memory since the slice was loaded. */
  isTidied = false;
  /** When other tasks had their turn last, on the monotonic clock. */
  breathed: Millis;
  /** When the source was last known to have nothing more, on the monotonic clock; undefined while it cannot tell. */
  checked: Millis | undefined;
  lastCheck: Millis = -Infinity;
  /** The source hands over what it has. */
  isReading = false;
  isStopping = false;
  /** Offsets up to which partitions are taken, after which the life ends; undefined for a life without such an end. */
  haltAt: ReadonlyMap<string, number> | undefined;
  /** A stop left timers unfired because the store was away: what was stepped since is not saved. */
  isTorn = false;
  /** A stop came between two timers: those left are saved as they are and fire in the next life. No event is taken. */
  isCutShort = false;
  /** What was saved last was told to the source, for tools that show lag; on the monotonic clock. */
  committed: Millis = -Infinity;
  end: RunEnd | undefined;
  private tellEnd = () => {};
  /** Resolves when the life has ended before its time: whoever waits for a delivery need not any more. */
  readonly ended = new Promise<void>((resolve) => this.tellEnd = resolve);
  /** Why the store cannot be written; undefined while it can. */
  storeTrouble: string | undefined;
  readonly counts = { late: 0, checkpoints: 0, suppressed: 0, alerts: 0, records: 0, quiet: 0 };
  source: Source | undefined;
  /** A plan that waits for the next checkpoint. */
  next:
    | { readonly setup: Setup; readonly switched: (offsets: ReadonlyMap<string, number> | undefined) => void }
    | undefined;

  constructor(
    readonly options: EngineOptions,
    readonly claimed: Claimed,
    readonly lease: Lease,
    /** Does something with the outside until it works; undefined when stopped meanwhile. */
    readonly insist: Insist,
    depths: ReadonlyMap<string, number>,
  ) {
    const { time, setup } = options;
    this.bell = new Bell(time);
    this.stage = options.stage?.(() => this.bell.ring());
    this.setup = setup;
    this.head = readHead(claimed.head);
    this.positions = new Map(this.head.positions);
    this.newest = this.head.newest;
    this.number = claimed.number;
    this.outbox = new Outbox(this.head.seq);
    this.breathed = time.monotonic();
    this.since.collected = time.monotonic();
    this.task = this.newTask(setup, this.head.task);
    openLanes(this, depths);
  }

  /** A task of a plan that goes on where a checkpoint ended. */
  newTask(setup: Setup, head: string | undefined): Task {
    const task = new Task(setup.plan, this.outlet(), {
      now: this.options.time.now,
      durable: true,
      ...(setup.thresholds === undefined ? {} : { thresholds: setup.thresholds }),
      ...(setup.lookups === undefined ? {} : { lookups: setup.lookups }),
      ...(setup.privacy === undefined ? {} : { privacy: setup.privacy }),
    });
    if (head !== undefined) task.restore(head);
    return task;
  }

  private outlet(): TaskOutlet {
    const { quietBefore } = this.options;
    const outlet = outletOf(this);
    return quietBefore === undefined ? outlet : quietOutlet(outlet, quietBefore, () => this.counts.quiet++);
  }

  /** Keeps what the plan in force was made from beside the checkpoints. */
  async keepOrigin({ origin }: Setup): Promise<void> {
    if (origin !== undefined) await this.insist("The store", () => this.options.store.put(origin.name, origin.text));
  }

  /** Whether every partition has been taken as far as it is to be. */
  get hasHalted(): boolean {
    const { haltAt, feeds, isTorn } = this;
    if (haltAt === undefined || isTorn) return false;
    return feeds.every(({ partition, position }) => position >= (haltAt.get(partitionName(partition)) ?? 0));
  }

  /** Lets sockets and timers have their turn. */
  async breathe(): Promise<void> {
    await this.options.time.turn();
    this.breathed = this.options.time.monotonic();
  }

  /** Ends the life; the first reason counts. */
  finish(end: RunEnd): void {
    this.end ??= end;
    this.bell.ring();
    this.tellEnd();
  }
}
