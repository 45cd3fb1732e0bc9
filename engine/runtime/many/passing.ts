/**
 * Stage one: which records an event makes. One for each key set whose rules may take it, in the partition of its key;
 * word of a source partition's progress goes to every partition that its events may go to.
 */
import type { Plan } from "../../compile/plan.ts";
import type { Event } from "../../model/event.ts";
import { aliasProperty, createScope, type Scope } from "../../model/scope.ts";
import { encodeKey, hashText } from "../keyed.ts";
import type { KeySet } from "./key_sets.ts";
import { type PassedRecord, type Progress, writeEvent, writeProgress } from "./passed.ts";
import { projected, type StreamNeeds } from "./stream_needs.ts";

/** A record on its way. */
export interface Outgoing extends PassedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
}

export class Passing {
  private readonly scope: Scope;

  /** `epoch` is the number of the plan. */
  constructor(
    private readonly plan: Plan,
    private readonly keySets: readonly KeySet[],
    private readonly epoch: number,
  ) {
    this.scope = createScope(plan.aliases);
  }

  /** Records of an event, with the watermark of its own partition before it. */
  recordsOf(event: Event): readonly Outgoing[] {
    const stream = this.plan.streams.get(event.place.stream);
    if (stream === undefined) return [];
    const { scope } = this;
    const property = aliasProperty(stream.alias);
    scope[property] = event.data;
    scope.time = event.place.time;
    scope.change = event.change;
    const records = this.keySets.flatMap((keySet) => this.recordOf(event, keySet) ?? []);
    scope[property] = undefined;
    return records;
  }

  /** Records that say how far a source partition has come. */
  progressOf(progress: Progress): readonly Outgoing[] {
    const record = writeProgress(progress, this.epoch);
    return this.keySets.filter(({ streams }) => streams.has(progress.source.stream)).flatMap(({ topic, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ ...record, topic, partition, key: null }))
    );
  }

  private recordOf(event: Event, { topic, partitions, streams }: KeySet): Outgoing | undefined {
    const needs = streams.get(event.place.stream);
    if (needs === undefined || !this.isNeeded(needs)) return undefined;
    // Rules without a value for a part leave the event out, or count it apart: any one place will do.
    const key = encodeKey(needs.key.map((part) => part.evaluate(this.scope) ?? null));
    const { place, watermark, change } = event;
    const needed = {
      ...{ place, watermark, data: projected(event.data, needs) },
      change: needs.change ? change : undefined,
    };
    return { ...writeEvent(needed, this.epoch), topic, partition: partitionOf(key, partitions), key };
  }

  private isNeeded({ admits }: StreamNeeds): boolean {
    return admits === undefined || admits.some((condition) => condition.test(this.scope) === true);
  }
}

/** Partition of a key: the low bits of the hash alone would follow those of the last letter. */
export function partitionOf(key: string, partitions: number): number {
  const hash = hashText(key);
  return ((hash ^ (hash >>> 15)) >>> 0) % partitions;
}
