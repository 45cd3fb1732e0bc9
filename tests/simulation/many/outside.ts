/**
 * What instances have outside of them: a store, repartition topics, and a receiver. A request travels, is done, and its
 * answer travels back; until it is calm either may be lost, or the request may be done long after it was given up.
 */
import { emptyShelf, memoryStore } from "../../../engine/adapters/memory.ts";
import type { Millis } from "../../../engine/model/time.ts";
import type { Outgoing } from "../../../engine/runtime/many/passing.ts";
import type { RawMessage } from "../../../engine/runtime/ports.ts";
import type { Receiver } from "../../../engine/runtime/settle.ts";
import { partitionName } from "../../../engine/runtime/source.ts";
import { type CheckpointStore, StoreError } from "../../../engine/runtime/store.ts";
import type { Chance } from "../chance.ts";
import type { Process } from "../process.ts";
import { nameOf, Received } from "../sink.ts";
import type { Timeline } from "../timeline.ts";
import type { Case } from "./case.ts";

const encoder = new TextEncoder();
/** A request that was given up may still be done so many milliseconds later. */
const stragglingMillis = 1_500;

export class Outside {
  readonly store: CheckpointStore;
  readonly received: ReadonlyMap<string, Received> = new Map([["out", new Received()], ["dead", new Received()]]);
  /** Records by partition of the repartition topics. */
  private readonly passed = new Map<string, RawMessage[]>();

  constructor(
    private readonly given: Case,
    private readonly timeline: Timeline,
    private readonly chance: Chance,
    private readonly note: (line: string) => void,
  ) {
    this.store = memoryStore(emptyShelf(), () => timeline.now);
  }

  now(): Millis {
    return this.timeline.now;
  }

  latency(): Millis {
    return this.chance.next() * this.given.settings.latency;
  }

  records(partition: { topic: string; partition: number }): readonly RawMessage[] {
    return this.passed.get(partitionName(partition)) ?? [];
  }

  /** Something that a process asks of the outside. Throws as `lost` says when no answer comes. */
  async request<T>(process: Process, what: string, act: () => Promise<T> | T, lost: () => Error): Promise<T> {
    const fate = this.fate();
    if (fate !== "done") this.note(`${process.name} ${what}: ${fate}`);
    const answer = new Promise<T>((resolve, reject) => {
      const arrive = async () => {
        const done = fate === "not done" ? undefined : { answer: await act() };
        await process.wait(this.latency());
        if (done === undefined || fate !== "done") reject(lost());
        else resolve(done.answer);
      };
      const late = fate === "straggles" ? this.chance.next() * stragglingMillis : 0;
      // On its way, a request belongs to the world: it is done even if who asked is no more.
      if (process.isAlive) this.timeline.after(this.latency() + late, () => void arrive().catch(reject));
    });
    if (fate !== "straggles") return await answer;
    answer.catch(() => {});
    await process.wait(this.latency());
    throw lost();
  }

  /** The store as a process reaches it. */
  storeOf(process: Process): CheckpointStore {
    const { store } = this;
    const ask = <T>(what: string, act: () => Promise<T>) =>
      this.request(process, what, act, () => new StoreError("the store does not answer", "away"));
    return {
      ...store,
      claim: (task, owner, options) => ask(`claim ${task}`, () => store.claim(task, owner, options)),
      renew: (fence, term) => ask("renew", () => store.renew(fence, term)),
      release: (fence) => ask("release", () => store.release(fence)),
      read: (task, keys) => ask("read", () => store.read(task, keys)),
      timers: (task, until, limit, after) => ask("timers", () => store.timers(task, until, limit, after)),
      pending: (task, lane, after, limit) => ask("pending", () => store.pending(task, lane, after, limit)),
      depths: (task) => ask("depths", () => store.depths(task)),
      save: (fence, checkpoint) => ask(`save ${fence.task} ${checkpoint.number}`, () => store.save(fence, checkpoint)),
      get: (name) => ask("get", () => store.get(name)),
      put: (name, text, expect) => ask(`put ${name}`, () => store.put(name, text, expect)),
      close: () => Promise.resolve(),
    };
  }

  /** Writes records to a repartition topic. */
  async produce(process: Process, topic: string, records: readonly Outgoing[]): Promise<void> {
    const write = () => records.forEach((record) => this.append(record));
    await this.request(process, `produce ${records.length} to ${topic}`, write, () => new Error("no broker answers"));
  }

  receiver(process: Process, lane: string): Receiver {
    return {
      ...{ batchMax: 10, isOne: false, wait: (attempts) => Math.min(100, 5 * 2 ** attempts) },
      deliver: (batch) =>
        this.request(process, `deliver ${batch.length}`, () => {
          for (const parcel of batch) {
            this.note(`${process.name} delivers ${nameOf(parcel)} to ${lane}`);
            this.received.get(lane)?.take(parcel);
          }
          return batch.map(() => ({ result: "delivered" }) as const);
        }, () => new Error("the sink does not answer")),
    };
  }

  private append({ topic, partition, value, headers }: Outgoing): void {
    const name = partitionName({ topic, partition });
    const list = this.passed.get(name) ?? [];
    this.passed.set(name, list);
    const bytes = value === null ? null : encoder.encode(value);
    list.push({ topic, partition, offset: list.length, timestamp: undefined, key: null, value: bytes, headers });
  }

  private fate(): "done" | "not done" | "its answer is lost" | "straggles" {
    const { trouble, calmAt } = this.given;
    if (this.timeline.now >= calmAt || !this.chance.is(trouble)) return "done";
    return this.chance.of(["not done", "its answer is lost", "straggles"]);
  }
}
