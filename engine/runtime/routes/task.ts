/**
 * The task of the routes (alerts.md §2): it reads the outboxes of the tasks in order, by the wall clock, and keeps groups,
 * timers, budgets and how far it has read in a checkpoint of its own. An alert counts as taken only once that checkpoint
 * has it, and a notice leaves only after the checkpoint that contains it: a crash neither loses nor repeats one.
 */
import type { Alert } from "../../model/alert.ts";
import type { Millis } from "../../model/time.ts";
import { alertOfNotice } from "../../routing/notice.ts";
import type { Route } from "../../routing/route.ts";
import { Router, type RuleFacts } from "../../routing/router.ts";
import type { Sent } from "../../routing/send.ts";
import { readySilences, type Silences } from "../../routing/silence.ts";
import { Bell } from "../engine/bell.ts";
import { Lease } from "../engine/lease.ts";
import type { Timekeeper } from "../engine/options.ts";
import { DeliveryLane, type Receiver, settled } from "../settle.ts";
import type { Entry, Parcel } from "../settle/entry.ts";
import { Outbox } from "../settle/outbox.ts";
import { nameOf, refusalOf } from "../settle/refusal.ts";
import type { CheckpointStore } from "../store.ts";
import type { Companion, Life } from "./companion.ts";
import { readRoutesHead, routesTask } from "./head.ts";
import { cellsOf, type Saver, saverOf } from "./saving.ts";

export interface RoutesOptions {
  readonly tree: readonly Route[];
  /** Sinks by name, and the lane of dead letters. */
  readonly receivers: ReadonlyMap<string, Receiver>;
  /** Names of the lanes that take dead letters. */
  readonly dead: readonly string[];
  readonly factsOf: (alert: Alert) => RuleFacts;
  readonly silences: Silences;
  readonly store: CheckpointStore;
  readonly owner: string;
  readonly term: Millis;
  readonly outbox: { readonly queue: number; readonly max: number };
  readonly time: Timekeeper;
  readonly log: (line: string) => void;
}

/** Name of the task of an engine that has one. */
const onlyTask = "all";
/** How often silences are read: a new one holds within this time. */
const silencesEvery: Millis = 2_000;
/** Longest time that what lanes have settled is not saved. */
const saveEvery: Millis = 1_000;

/** What is there while a life lasts. */
interface Present {
  readonly life: Life;
  readonly router: Router;
  readonly outbox: Outbox;
  readonly lanes: ReadonlyMap<string, DeliveryLane>;
  readonly saver: Saver;
  readonly lease: Lease;
  /** Number of the last alert taken, by task. */
  readonly positions: Map<string, number>;
  ended: boolean;
}

export class RoutesTask implements Companion {
  private present: Present | undefined;
  private readonly bell: Bell;
  /** A receiver that cannot tell a second send has taken what is not saved yet. */
  private isUrgent = false;
  private begun = Promise.withResolvers<void>();
  private looping: Promise<void> = Promise.resolve();

  constructor(private readonly options: RoutesOptions) {
    this.bell = new Bell(options.time);
  }

  /** Where the lane of routes ends. */
  receiver(): Receiver {
    return {
      batchMax: 500,
      isOne: true,
      savedOnly: true,
      wait: (attempts) => this.options.time.backoff(attempts - 1),
      deliver: async (batch, seqs) => {
        await this.begun.promise;
        await this.take(onlyTask, batch, seqs);
        return batch.map(() => ({ result: "delivered" }));
      },
    };
  }

  /** Numbers of the last alerts taken, by task; empty between lives. */
  get positions(): ReadonlyMap<string, number> {
    return this.present?.positions ?? new Map();
  }

  /** What became of alerts; undefined between lives. */
  get counts(): Router["counts"] | undefined {
    return this.present?.router.counts;
  }

  async forget(): Promise<void> {
    await this.options.store.drop(routesTask);
  }

  async begin(life: Life): Promise<void> {
    const { store, owner, term, time, tree, log } = this.options;
    const asked = time.monotonic();
    const claimed = await store.claim(routesTask, owner, { term, steal: true });
    if ("heldFor" in claimed) throw new Error("the routes were claimed and are held all the same");
    const head = readRoutesHead(claimed.head);
    const router = new Router(tree);
    Object.assign(router.counts, head.counts);
    for (const text of await cellsOf(store)) router.restore(text);
    const depths = await store.depths(routesTask);
    const outbox = new Outbox(head.seq);
    const lease = new Lease(store, claimed.fence, term, time, asked, () => life.finish({ why: "fenced" }));
    const lanes = this.openLanes(outbox, lease, depths);
    outbox.connect(lanes);
    const positions = new Map(Object.entries(head.positions));
    // The task's outbox begins anew where its state was dropped: nothing of it has been read.
    if (life.seq !== undefined) positions.set(onlyTask, Math.min(positions.get(onlyTask) ?? 0, life.seq));
    const present: Present = {
      life,
      router,
      outbox,
      lanes,
      lease,
      positions,
      ended: false,
      saver: saverOf({ store, time, log, claimed }, () => this.contents(present), (end) => life.finish(end)),
    };
    this.present = present;
    await this.hush(present);
    this.looping = this.loop(present).catch((error: Error) => life.finish({ why: "failed", error }));
    this.begun.resolve();
  }

  async conclude(over: Promise<void>, isDrained: boolean): Promise<void> {
    const { present } = this;
    if (present === undefined) return;
    if (isDrained) this.send(present, present.router.wake(this.options.time.now(), true));
    await Promise.race([present.saver.save(), over]);
    await settled([...present.lanes.values()], over);
    await Promise.race([present.saver.save(), this.options.time.sleep(saveEvery)]);
  }

  async end(): Promise<void> {
    const { present } = this;
    this.begun = Promise.withResolvers();
    this.present = undefined;
    if (present === undefined) return;
    present.ended = true;
    present.saver.end();
    present.lease.end();
    for (const lane of present.lanes.values()) lane.stop();
    this.bell.ring();
    await this.looping;
    await this.options.store.release(present.saver.fence).catch(() => {});
  }

  /** Takes alerts of a task that it has not taken yet; resolves when its checkpoint has them. Rejects between lives. */
  async take(task: string, batch: readonly Parcel[], seqs: readonly number[]): Promise<void> {
    const { present } = this;
    if (present === undefined) throw new Error("the routes have ended");
    const now = this.options.time.now();
    for (const [i, parcel] of batch.entries()) {
      const seq = seqs[i] ?? 0;
      if (seq <= (present.positions.get(task) ?? 0)) continue;
      present.positions.set(task, seq);
      if (!("alert" in parcel)) continue;
      this.send(present, present.router.take(parcel.alert, this.options.factsOf(parcel.alert), now));
    }
    this.bell.ring();
    if (!await present.saver.save()) throw new Error("the routes have ended");
  }

  private send({ outbox, lanes }: Present, sent: readonly Sent[]): void {
    for (const { sinks, delivery } of sent) {
      const alert = "alert" in delivery ? delivery.alert : alertOfNotice(delivery.notice);
      const known = sinks.filter((sink) => lanes.has(sink));
      for (const sink of sinks.filter((one) => !lanes.has(one))) {
        this.options.log(`Nobody defines the sink "${sink}" now, for which alert ${alert.id} was kept`);
      }
      outbox.add({ alert }, known, true);
    }
  }

  /** Wakes the router when it is due, reads silences, and saves what lanes have settled. */
  private async loop(present: Present): Promise<void> {
    const { time } = this.options;
    let [saved, hushed] = [time.monotonic(), time.monotonic()];
    while (!present.ended) {
      if (time.monotonic() >= hushed + silencesEvery) {
        await this.hush(present);
        hushed = time.monotonic();
      }
      const sent = present.router.wake(time.now());
      this.send(present, sent);
      const isStale = this.isUrgent || (present.outbox.dirty > 0 && time.monotonic() >= saved + saveEvery);
      this.isUrgent = false;
      if (sent.length > 0 || isStale || present.router.isChanged) {
        if (!await present.saver.save()) return;
        saved = time.monotonic();
      }
      if (present.ended) return;
      const untilDue = present.router.due - time.now();
      const untilSave = present.outbox.dirty > 0 ? saveEvery : Infinity;
      await this.bell.wait(Math.max(1, Math.min(silencesEvery, untilDue, untilSave)));
    }
  }

  /** While silences cannot be read those known hold on. */
  private async hush({ router }: Present): Promise<void> {
    try {
      router.silence(readySilences(await this.options.silences.all()));
    } catch (error) {
      this.options.log(`Silences cannot be read: ${error instanceof Error ? error.message : error}`);
    }
  }

  private contents({ router, outbox, positions }: Present) {
    const head = { positions: Object.fromEntries(positions), seq: outbox.lastSeq, counts: router.counts };
    return { router, outbox, head };
  }

  private openLanes(outbox: Outbox, lease: Lease, depths: ReadonlyMap<string, number>): Map<string, DeliveryLane> {
    const { receivers, store, time, log, dead } = this.options;
    const laneOf = (name: string, receiver: Receiver) =>
      new DeliveryLane(receiver, {
        name,
        ...this.options.outbox,
        now: time.now,
        sleep: time.sleep,
        mayDeliver: () => lease.valid(),
        more: async (after, limit) =>
          (await store.pending(routesTask, name, after, limit)).filter(({ seq }) => seq <= outbox.savedSeq),
        settled: (entry) => {
          outbox.settled(name, entry);
          this.isUrgent ||= receiver.once === true;
          this.bell.ring();
        },
        tried: (entry, attempts) => outbox.tried(name, entry, attempts),
        rejected: (entry: Entry, reason: string) => {
          const refusal = refusalOf(name, entry, reason);
          if (refusal !== undefined) outbox.add(refusal, dead, false);
          log(`The sink "${name}" refused ${nameOf(entry.parcel)}: ${reason}`);
        },
        trouble: (reason) =>
          log(
            reason === undefined ? `Routes reach the sink "${name}" again` : `Routes cannot reach "${name}": ${reason}`,
          ),
      }, depths.get(name));
    return new Map([...receivers].map(([name, receiver]) => [name, laneOf(name, receiver)]));
  }
}
