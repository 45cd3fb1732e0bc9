/**
 * One life of a task, from its claim to its end: the state that the hops of the pipeline share. A life ends with a clean
 * stop, at the end of a drain, or because the task is another's; then all of it is thrown away and the store is asked.
 */
import { Buffer } from "node:buffer";
import type { PlanRule } from "../../compile/plan.ts";
import { formatTime, type Millis } from "../../model/time.ts";
import type { Input } from "../clock.ts";
import type { LaneOptions } from "../lane.ts";
import type { Decoded, RawMessage } from "../ports.ts";
import type { Attempts, Entry, Parcel, RefusedMessage } from "../settle/entry.ts";
import { Outbox } from "../settle/outbox.ts";
import { nameOf, refusalOf } from "../settle/refusal.ts";
import { DeliveryLane } from "../settle.ts";
import { type OpenedPartition, partitionName, type Source, type SourceReader } from "../source.ts";
import type { Claimed } from "../store.ts";
import { type LateReason, Task, type TaskOutlet } from "../task.ts";
import type { Event } from "../../model/event.ts";
import { Bell } from "./bell.ts";
import { Feed } from "./feed.ts";
import { type Head, readHead } from "./head.ts";
import type { Lease } from "./lease.ts";
import type { Turn } from "./merge.ts";
import type { EngineOptions, Setup } from "./options.ts";

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
  task: Task;
  setup: Setup;
  /** Events that the present cycle takes, in order. */
  slice: readonly Turn[] = [];
  /** The message being stepped, for the late output. */
  current: RawMessage | undefined;
  /** Newest event time of any stream. */
  newest: Millis;
  /** Number of the last checkpoint that is true. */
  number: number;
  /** What happened since the last checkpoint was collected. */
  readonly since: { events: number; gated: Millis | undefined; collected: Millis } = {
    events: 0,
    gated: undefined,
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
  /** A stop left timers unfired because the store was away: what was stepped since is not saved. */
  isTorn = false;
  /** What was saved last was told to the source, for tools that show lag; on the monotonic clock. */
  committed: Millis = -Infinity;
  end: RunEnd | undefined;
  /** Why the store cannot be written; undefined while it can. */
  storeTrouble: string | undefined;
  readonly counts = { late: 0, checkpoints: 0, suppressed: 0, alerts: 0, records: 0 };
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
    this.setup = setup;
    this.head = readHead(claimed.head);
    this.positions = new Map(this.head.positions);
    this.newest = this.head.newest;
    this.number = claimed.number;
    this.outbox = new Outbox(this.head.seq);
    this.breathed = time.monotonic();
    this.since.collected = time.monotonic();
    this.task = this.newTask(setup, this.head.task);
    this.openLanes(setup, depths);
  }

  /** A task of a plan that goes on where a checkpoint ended. */
  newTask(setup: Setup, head: string | undefined): Task {
    const task = new Task(setup.plan, this.outlet(), {
      now: this.options.time.now,
      durable: true,
      ...(setup.thresholds === undefined ? {} : { thresholds: setup.thresholds }),
      ...(setup.lookups === undefined ? {} : { lookups: setup.lookups }),
    });
    if (head !== undefined) task.restore(head);
    return task;
  }

  /** Lanes of receivers that have none yet; what waited for them in the store is theirs. */
  openLanes({ receivers }: Setup, depths: ReadonlyMap<string, number>): void {
    for (const [name, receiver] of receivers) {
      if (this.lanes.has(name)) continue;
      this.lanes.set(name, new DeliveryLane(receiver, this.laneSettings(name), depths.get(name)));
    }
    this.outbox.connect(this.lanes);
    for (const [name, depth] of depths) {
      if (!receivers.has(name)) {
        this.options.log(`${depth} alerts wait for the sink "${name}", which nobody defines now`);
      }
    }
  }

  private laneSettings(name: string) {
    const { options, outbox, lease } = this;
    return {
      name,
      ...options.outbox,
      now: options.time.now,
      sleep: options.time.sleep,
      mayDeliver: () => lease.valid(),
      more: async (after: number, limit: number) => {
        const found = await options.store.pending(options.task, name, after, limit);
        return found.filter(({ seq }) => seq <= outbox.savedSeq);
      },
      settled: (entry: Entry) => {
        outbox.settled(name, entry);
        this.bell.ring();
      },
      tried: (entry: Entry, attempts: Attempts) => outbox.tried(name, entry, attempts),
      rejected: (entry: Entry, reason: string) => {
        this.refuse(name, entry, reason);
        options.log(`The sink "${name}" refused ${nameOf(entry.parcel)}: ${reason}`);
      },
      trouble: (reason: string | undefined) =>
        options.log(reason === undefined ? `The sink "${name}" works again` : `The sink "${name}" fails: ${reason}`),
    };
  }

  /** Keeps what the plan in force was made from beside the checkpoints. */
  async keepOrigin({ origin }: Setup): Promise<void> {
    if (origin !== undefined) await this.insist("The store", () => this.options.store.put(origin.name, origin.text));
  }

  /** Opens a source where the partitions stand; one that was open is closed first. Feeds that are read on stay. */
  async openSource(): Promise<void> {
    await this.source?.close();
    this.isReading = false;
    const source = this.options.source(this.setup.plan, (topic, partition) => {
      const name = partitionName({ topic, partition });
      return this.feedOf(name)?.reading ?? this.positions.get(name);
    });
    this.source = source;
    const opened = await this.insist("The source", () => source.open());
    for (const partition of opened ?? []) {
      if (this.feedOf(partitionName(partition)) === undefined) this.addFeed(partition);
    }
    if (opened === undefined) return;
    await this.insist("The source", () => source.start(readerOf(this, source)));
    for (const feed of this.feeds) if (feed.isHeld) source.pause(feed.partition);
    this.isReading = true;
  }

  feedOf(name: string): Feed | undefined {
    return this.feeds.find(({ partition }) => partitionName(partition) === name);
  }

  /** Takes up a partition. */
  addFeed(opened: OpenedPartition): void {
    const { options: { drain, time } } = this;
    const inputs = new Map<string, Input>();
    const feed: Feed = new Feed(opened, this.laneOptions(opened, inputs, () => feed), drain, time.monotonic());
    this.feeds.push(feed);
    this.openInputs(feed, opened, inputs);
  }

  /** Reads a feed on under the present plan. */
  replan(feed: Feed): void {
    const inputs = new Map<string, Input>();
    feed.replan(this.laneOptions(feed.opened, inputs, () => feed));
    this.openInputs(feed, feed.opened, inputs);
  }

  private openInputs(feed: Feed, opened: OpenedPartition, inputs: Map<string, Input>): void {
    for (const named of opened.names ?? [opened]) {
      const input = this.task.open(opened.stream, named.topic, named.partition);
      // What came while nobody was reading: an input that has events waiting holds its clocks.
      if (input.state !== "active" && feed.isBehind) this.task.setState(input, "active");
      inputs.set(partitionName(named), input);
      feed.inputs.add(input);
    }
  }

  private laneOptions(opened: OpenedPartition, inputs: Map<string, Input>, feed: () => Feed): LaneOptions {
    const stream = this.setup.plan.streams.get(opened.stream);
    if (stream === undefined) throw new Error(`The plan has no stream "${opened.stream}"`);
    return {
      stream: opened.stream,
      decoder: this.setup.decoderOf(stream),
      inputOf: (topic, partition) => {
        const name = partitionName({ topic, partition });
        let input = inputs.get(name);
        if (input === undefined) {
          input = this.task.open(opened.stream, topic, partition);
          inputs.set(name, input);
          feed().inputs.add(input);
        }
        return input;
      },
      dead: (message, decoded) => this.dead(feed(), message, decoded),
    };
  }

  private dead(feed: Feed, message: RawMessage, decoded: Decoded): void {
    if (decoded.outcome === "skipped") {
      feed.counts.skipped++;
      return;
    }
    feed.counts.dead++;
    this.outbox.add(
      { refused: refusedOf(feed.partition.stream, message, decoded.reason, null) },
      this.setup.ways.dead,
      false,
    );
  }

  /** What a receiver will never take goes to the dead letters under the receiver's name. */
  private refuse(lane: string, entry: Entry, reason: string): void {
    const { dead } = this.setup.ways;
    const refusal = refusalOf(lane, entry, reason);
    if (refusal !== undefined && !dead.includes(lane)) this.outbox.add(refusal, dead, false);
  }

  private outlet(): TaskOutlet {
    const { outbox, counts } = this;
    return {
      alert: (alert, rule) => {
        counts.alerts++;
        this.send({ alert }, this.setup.ways.alert(alert, rule), rule);
      },
      record: (record, rule) => {
        counts.records++;
        this.send({ record }, this.setup.ways.record(record, rule), rule);
      },
      suppressed: () => {
        counts.suppressed++;
      },
      late: (event: Event, reason: LateReason) => {
        counts.late++;
        const { current } = this;
        if (current === undefined || this.setup.ways.late.length === 0) return;
        const refused = refusedOf(event.place.stream, current, reason, formatTime(event.place.time));
        outbox.add({ refused }, this.setup.ways.late, false);
      },
    };
  }

  private send(parcel: Parcel, lanes: readonly string[], rule: PlanRule): void {
    const gated = isGated(rule);
    this.outbox.add(parcel, lanes, gated);
    if (gated && lanes.length > 0) this.since.gated ??= this.options.time.monotonic();
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
  }
}

/** Hands what a source says to the feeds of a run, as long as it is the run's source. */
function readerOf(run: Run, source: Source): SourceReader {
  const isCurrent = () => run.source === source;
  return {
    batch(partition, batch) {
      if (isCurrent()) run.feedOf(partitionName(partition))?.add(batch);
      run.bell.ring();
    },
    added(opened) {
      if (!isCurrent() || run.options.drain || run.feedOf(partitionName(opened)) !== undefined) return;
      run.addFeed(opened);
      run.bell.ring();
    },
    ended(partition) {
      const feed = run.feedOf(partitionName(partition));
      if (feed !== undefined) feed.hasEnded = true;
      run.bell.ring();
    },
    failed: (error) => run.finish({ why: "failed", error }),
  };
}

/** A rule whose alerts depend on more than the event at hand: they leave after the checkpoint that contains them. */
function isGated({ compiled, limit, text }: PlanRule): boolean {
  return !compiled.stateless || limit !== undefined || text.kind === "kpi";
}

function refusedOf(stream: string, message: RawMessage, reason: string, time: string | null): RefusedMessage {
  const { topic, partition, offset, key, value } = message;
  return { stream, topic, partition, offset, reason, time, key: base64(key), value: base64(value) };
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
