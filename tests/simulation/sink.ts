/**
 * A simulated sink, and the idempotent receiver behind it, which knows what it is given by its id. Each delivery is looked
 * at the moment it is begun: by the owner of the task, and nothing that had to wait.
 */
import { orderOf, type Parcel } from "../../engine/runtime/settle/entry.ts";
import type { Receiver } from "../../engine/runtime/settle.ts";
import type { Verdict } from "../../sinks/sink.ts";
import type { Process } from "./process.ts";
import { isRefused, originalOf, refusalReason, refusing } from "./refusing.ts";
import type { World } from "./world.ts";

/** What the receiver was given: every text of each parcel, by its name. Receivers keep one of a name. */
export class Received {
  readonly texts = new Map<string, Set<string>>();
  /** Names in the order in which they first came, by fingerprint. */
  readonly orders = new Map<string, string[]>();
  seconds = 0;

  /** Something that must come at some time, in whatever order. */
  expect(parcel: Parcel): void {
    const name = nameOf(parcel);
    this.texts.set(name, (this.texts.get(name) ?? new Set()).add(textOf(parcel)));
  }

  take(parcel: Parcel): void {
    const name = nameOf(parcel);
    const texts = this.texts.get(name);
    if (texts === undefined) {
      const order = this.orders.get(orderOf(parcel)) ?? [];
      this.orders.set(orderOf(parcel), order);
      order.push(name);
      this.texts.set(name, new Set([textOf(parcel)]));
    } else {
      this.seconds++;
      texts.add(textOf(parcel));
    }
  }
}

/** The name by which receivers know a parcel again: its id, or the place of a message. */
export function nameOf(parcel: Parcel): string {
  if ("alert" in parcel) return parcel.alert.id;
  // A score says one thing twice: as a record, and as an alert of the same id.
  if ("record" in parcel) return `${parcel.record.id} to ${parcel.record.output}`;
  const original = originalOf(parcel);
  if (original !== undefined) return `refused: ${nameOf(original)}`;
  const { topic, partition, offset, reason } = parcel.refused;
  return `${topic}/${partition}@${offset} ${reason}`;
}

/** What is compared: all but the wall clock, and moments of z-scores, which merge in another order once loaded again. */
export function textOf(parcel: Parcel): string {
  if ("record" in parcel) return JSON.stringify(parcel.record);
  const original = originalOf(parcel);
  if (original !== undefined) return `refused: ${textOf(original)}`;
  if (!("alert" in parcel)) return JSON.stringify(nameOf(parcel));
  const { alert } = parcel;
  return JSON.stringify({ ...alert, detected_at: "", values: alert.kind === "zscore" ? {} : alert.values });
}

/** A sink as one process reaches it. */
export function simulatedReceiver(world: World, process: Process, sink: string): Receiver {
  const { settings } = world.scenario;
  const { chance } = world;
  return {
    batchMax: settings.sinkBatch,
    isOne: settings.isOne,
    wait: (attempts) => Math.min(100, 5 * 2 ** attempts),
    async deliver(batch) {
      world.watch.begun(process, batch);
      const { acknowledged } = process;
      const before = world.pass(process, "deliver", "before");
      if (!process.isAlive) await never();
      await world.timeline.wait(world.latency() + (before && "millis" in before ? Math.max(0, before.millis) : 0));
      if (before?.is === "no answer" || world.sinksAway()) {
        await process.wait(world.latency());
        throw new Error("the sink does not answer");
      }
      // What comes behind an entry that must wait waits too: order within a fingerprint is the sink's word.
      const taken = chance.is(settings.retries) ? chance.whole(0, batch.length - 1) : batch.length;
      const refuses = (parcel: Parcel) => settings.refuses && sink === refusing && isRefused(parcel);
      world.watch.taken(process, sink, batch.slice(0, taken).filter((parcel) => !refuses(parcel)));
      const after = world.pass(process, "deliver", "after");
      await process.wait(world.latency() + (after?.is === "slow" ? after.millis : 0));
      if (after?.is === "no answer" || after?.is === "straggler") throw new Error("the answer was lost");
      for (const parcel of batch.slice(0, taken)) acknowledged.push(`${sink} ${nameOf(parcel)}`);
      return batch.map((parcel, i): Verdict => {
        if (i < taken && refuses(parcel)) return { result: "rejected", reason: refusalReason };
        if (i < taken) return { result: "delivered" };
        return { result: "retry", after: undefined, reason: "later, please", ...(i > taken ? { untried: true } : {}) };
      });
    },
  };
}

function never(): Promise<never> {
  return new Promise(() => {});
}
