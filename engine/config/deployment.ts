/**
 * The deployment file `vigie.yaml` after loading (tools.md §3): defaults filled in, durations in milliseconds, paths
 * resolved against the file, secrets in place. What each part means is said once, in `schema.ts`, for editors and people.
 */
import type { Severity } from "../model/alert.ts";
import type { Millis } from "../model/time.ts";
import type { Fields } from "../model/value.ts";

export interface Deployment {
  /** Consumer group, prefix in Redis, first part of the names of repartition topics. */
  readonly app: string;
  readonly instances: "one" | "many";
  /** Name of this instance, for `${instance}`. */
  readonly instance: string;
  /** The file itself, as problems name it. */
  readonly file: string;
  /** Directory of the file: relative paths of sinks start there. */
  readonly baseDirectory: string;
  readonly packs: string;
  readonly contracts: string;
  readonly source: SourceSettings;
  readonly store: StoreSettings;
  readonly database: DatabaseSettings;
  /** Values of parameters by pack. */
  readonly params: { readonly [pack: string]: { readonly [name: string]: number | string | boolean } };
  readonly sinks: readonly SinkSettings[];
  readonly defaultSinks: readonly string[];
  /** Sinks of every alert, beside the rule's own. */
  readonly always: readonly string[];
  /** Nodes of the routing tree as written. */
  readonly routes: readonly Fields[];
  readonly webhooks: CustomerWebhooks;
  readonly privacyKey: string | undefined;
  readonly retention: {
    readonly alerts: Millis;
    readonly deliveries: Millis;
    readonly deadLetters: Millis;
    readonly audit: Millis;
  };
  readonly topics: { readonly create: boolean; readonly retention: Millis; readonly partitions: number };
  readonly deadLetters: RefusedOutput;
  readonly late: RefusedOutput;
  readonly checkpoint: { readonly every: Millis; readonly groupCommit: Millis; readonly maxDirty: number };
  readonly outbox: { readonly queue: number; readonly max: number };
  /** Keys that memory holds at most. */
  readonly maxKeys: number;
  readonly http: { readonly hostname: string; readonly port: number } | undefined;
  readonly telemetry: { readonly otel: boolean };
  /** How long a stop may deliver. */
  readonly shutdown: Millis;
}

/** Where a partition without a checkpoint begins. */
export type From = "earliest" | "latest" | Millis;

export type SourceSettings =
  | {
    readonly kind: "kafka";
    readonly connection: BrokerSettings;
    readonly from: From;
    readonly outOfRange: OutOfRange;
  }
  | { readonly kind: "files"; readonly files: { readonly [stream: string]: readonly string[] } }
  | { readonly kind: "stdin"; readonly stream: string }
  | { readonly kind: "http" }
  | { readonly kind: "generator"; readonly rate: number; readonly seed: number; readonly streams: readonly string[] };

/** What happens when the offset of a checkpoint is no longer there: end, or go on at the oldest and say so. */
export type OutOfRange = "fail" | "earliest";

/** How brokers are reached; certificates as PEM texts. */
export interface BrokerSettings {
  readonly brokers: readonly string[];
  readonly sasl?: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: string;
  };
  readonly tls?: true | { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export type StoreSettings =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "redis"; readonly url: string };

export type DatabaseSettings =
  | { readonly kind: "none" }
  | { readonly kind: "pglite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "file"; readonly path: string };

/** How customers are told whose thresholds name a webhook. */
export interface CustomerWebhooks {
  /** Each is `whsec_` and a key in base64, of which the secret of a customer is made; none: nothing is signed. */
  readonly secrets: readonly string[];
  /** Options of the sink `webhook` but address and secret, durations still text. */
  readonly options: Fields;
  /** Alerts that wait for one endpoint at most. */
  readonly max: number;
}

export interface SinkSettings {
  /** The name that rules use; several receivers may share it, and each gets everything. */
  readonly name: string;
  /** Name of this receiver alone: the sink's, or the sink's and the kind where the sink is a list. */
  readonly lane: string;
  readonly kind: string;
  /** Satisfies the kind's schema, durations still text. */
  readonly options: Fields;
}

/** Where dead letters and late events go. */
export type RefusedOutput =
  | { readonly kind: "none" }
  | { readonly kind: "kafka"; readonly connection: BrokerSettings | undefined }
  | { readonly kind: "file"; readonly path: string };

/** A threshold of a customer, as the thresholds file writes it. */
export interface ThresholdLine {
  readonly tenant: string;
  readonly metric: string;
  readonly above?: number;
  readonly below?: number;
  readonly limit?: { readonly max: number; readonly every: string };
  readonly severity?: Severity;
  readonly webhook?: string;
}
