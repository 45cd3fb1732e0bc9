/** What an engine is given: everything it needs of the outside, so that simulation and production differ only here. */
import type { Plan, PlanRule } from "../../compile/plan.ts";
import type { Alert, OutputRecord } from "../../model/alert.ts";
import type { Stream } from "../../model/contract.ts";
import type { LookupNeed, Lookups } from "../../model/lookup.ts";
import type { Endpoint, ThresholdStore } from "../../model/threshold.ts";
import type { Millis } from "../../model/time.ts";
import type { Privacy } from "../../privacy/privacy.ts";
import type { Measures } from "../metric.ts";
import type { Decoder } from "../ports.ts";
import type { Receiver } from "../settle.ts";
import type { Source } from "../source.ts";
import type { Companion } from "../routes/companion.ts";
import type { CheckpointStore } from "../store.ts";
import type { Stage } from "./stage.ts";

/** Clocks and waits. */
export interface Timekeeper {
  /** The wall clock. */
  readonly now: () => Millis;
  /** Never jumps. */
  readonly monotonic: () => Millis;
  readonly sleep: (millis: Millis, signal?: AbortSignal) => Promise<void>;
  /** Lets sockets and timers have their turn. */
  readonly turn: () => Promise<void>;
  /** Wait before try `attempt`, growing, with chance in it. */
  readonly backoff: (attempt: number) => Millis;
}

/** Which lanes take what leaves the engine. Names are those of `receivers`. */
export interface Ways {
  readonly alert: (alert: Alert, rule: PlanRule, endpoint?: Endpoint) => readonly string[];
  readonly record: (record: OutputRecord, rule: PlanRule) => readonly string[];
  /** Lane of messages that are no events; none: they are counted only. */
  readonly dead: readonly string[];
  /** Lane of copies of late events. */
  readonly late: readonly string[];
}

/** What a plan needs around it; a reload brings a new one. */
export interface Setup {
  readonly plan: Plan;
  readonly decoderOf: (stream: Stream) => Decoder;
  readonly receivers: ReadonlyMap<string, Receiver>;
  /** What becomes of that which waits in the store for a lane that nobody defines now; undefined: it goes on waiting. */
  readonly orphan?: (lane: string) => Receiver | undefined;
  readonly ways: Ways;
  readonly thresholds?: ThresholdStore;
  /** Treats personal data in what leaves. */
  readonly privacy?: Privacy;
  /** What the plan was made from: kept in the store under `name`, so that a later start can make it again. */
  readonly origin?: { readonly name: string; readonly text: string };
  readonly lookups?: FetchedLookups;
  /** Resolves when what the plan reads beside events (lists in Redis) has been read once: nothing is judged before. */
  readonly ready?: Promise<unknown>;
}

/** Rows that are fetched before a slice of events asks for them. */
export interface FetchedLookups extends Lookups {
  /** Fetches the rows that memory lacks. Throws when they cannot be had now. */
  readonly fetch: (needs: Iterable<LookupNeed>) => Promise<void>;
}

export type Position = (topic: string, partition: number) => number | undefined;

export interface EngineOptions {
  readonly setup: Setup;
  /** A source of the streams that the plan reads, whose partitions begin at these positions. */
  readonly source: (plan: Plan, position: Position) => Source;
  readonly store: CheckpointStore;
  /** Name of the task in the store. */
  readonly task: string;
  /** Random name of this process. */
  readonly owner: string;
  /** How long a claim holds without renewal. */
  readonly term: Millis;
  readonly checkpoint: {
    readonly every: Millis;
    /** How long an alert waits for others before its checkpoint. */
    readonly groupCommit: Millis;
    readonly maxDirty: number;
    /** Keys in memory at most. */
    readonly maxKeys: number;
  };
  readonly outbox: { readonly queue: number; readonly max: number };
  readonly time: Timekeeper;
  /** Forgets what the store holds of the task, and of what lives beside it, before the first life. */
  readonly fresh: boolean;
  /** Ends with the first thing outside that does not answer, instead of trying again. */
  readonly failFast: boolean;
  /** Ends when every partition has been read to the end it had at start. */
  readonly drain: boolean;
  /** How long a stop may deliver. */
  readonly shutdown: Millis;
  /** Checks what the store is used for, before the first life. Throws a `StoreError`. */
  readonly check?: () => Promise<unknown>;
  /** Takes the task even while another's term runs, and ends when it is taken away: Kafka's assignment decides. */
  readonly steal?: boolean;
  /** What a life of the task does beside its rules, where there are many instances; `room` is to be called when more may be passed on. */
  readonly stage?: (room: () => void) => Stage;
  /** Drops the state before the first life, without what is beside it; called when the task is claimed, before. */
  readonly beginAnew?: () => Promise<void>;
  /** Called with every other claim, before its life: another may have begun anew while this one stood by. */
  readonly goOn?: () => Promise<void>;
  /** Event time before which nothing is delivered; undefined: everything is. */
  readonly quietBefore?: () => Millis | undefined;
  /** Lives beside each life: routes. */
  readonly companion?: Companion;
  /** Told how long batches take. */
  readonly measures?: Measures;
  /** A line for the operator. */
  readonly log: (line: string) => void;
}
