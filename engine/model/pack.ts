/**
 * A rule pack after loading: structure checked against the schema of its kinds, expressions still text.
 * `compile.ts` turns packs into a plan. Paths lead back to the YAML, so that every later problem finds its line.
 */
import type { Severity } from "./alert.ts";
import type { Path } from "./problem.ts";
import type { Fields, Value } from "./value.ts";

export interface Pack {
  readonly name: string;
  /** Path of the YAML file relative to the working directory. */
  readonly file: string;
  readonly owner: string | undefined;
  readonly description: string | undefined;
  readonly params: { readonly [name: string]: Param };
  readonly lists: { readonly [name: string]: ListSource };
  /** Named conditions as written: a CEL text or a json-rules-engine tree. */
  readonly conditions: { readonly [name: string]: Value };
  readonly lookups: { readonly [name: string]: LookupSource };
  readonly defaults: {
    readonly severity: Severity | undefined;
    readonly sinks: readonly string[] | undefined;
    readonly labels: { readonly [name: string]: string };
  };
  readonly rules: readonly RuleText[];
}

export interface Param {
  readonly type: "number" | "string" | "boolean";
  readonly default: number | string | boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly unit: string | undefined;
  readonly description: string | undefined;
}

/** Where a list's values come from; files are read while loading. */
export type ListSource =
  | { readonly from: "values"; readonly type: "string" | "number"; readonly values: readonly (string | number)[] }
  | { readonly from: "redis"; readonly type: "string" | "number"; readonly key: string; readonly refresh: number };

export interface LookupSource {
  /** Template of the Redis hash key: `profile:{payment.customer_id}`. */
  readonly redisHash: string;
  readonly fields: { readonly [field: string]: "number" | "string" | "boolean" };
  /** Milliseconds a row may be served from memory. */
  readonly cache: number;
}

/** One rule: what every kind has, and the rest as written. */
export interface RuleText {
  readonly id: string;
  readonly pack: string;
  readonly file: string;
  /** Path of the rule in the file: ["rules", 3]. */
  readonly path: Path;
  readonly kind: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly status: "live" | "shadow" | "disabled";
  /** The whole rule as written, durations still text; it satisfies the schema of its kind. */
  readonly raw: Fields;
}
