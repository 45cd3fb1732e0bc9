/** What is sound and yet not what its author can mean: limits, records and orders of arrival, seen over a whole rule. */
import type { CompiledRule } from "../kinds/kind.ts";
import type { Stream } from "../model/contract.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import { formatDuration } from "../model/time.ts";
import { isFields } from "../model/value.ts";
import { alertStream } from "./alerts.ts";
import type { Limit } from "./plan.ts";
import type { CompilerOfRule } from "./rule_compiler.ts";

/** Reports what a compiled rule as a whole leaves to be desired. */
export function lintRule(rule: CompilerOfRule, compiled: CompiledRule, limit: Limit | undefined): void {
  const { raw } = rule;
  if (raw.record !== undefined && raw.emit_to === undefined) {
    rule.report(ruleProblems.recordWithoutOutput, ["record"], {}, "key");
  }
  lintLimit(rule, limit);
  const follows = compiled.onArrival || limit !== undefined;
  if (raw.evaluate === "event_time") {
    if (!follows) rule.report(ruleProblems.evaluateWithoutEffect, ["evaluate"], {}, "key");
    return;
  }
  const streams = compiled.inputs.map((input) => input.stream);
  if (compiled.onArrival && isSpread(compiled)) {
    rule.report(ruleProblems.arrivalOrder, [], { streams: streams.map(({ name }) => name) }, "key");
  }
}

/** A limit shorter than the window lets the same events alert again. */
function lintLimit(rule: CompilerOfRule, limit: Limit | undefined): void {
  const window = rule.raw.window;
  if (limit === undefined || !isFields(window)) return;
  const sizes = ["tumbling", "hopping", "sliding"].map((kind) => rule.duration(["window", kind]));
  const size = sizes.find((one) => one !== undefined);
  if (size === undefined || limit.every >= size) return;
  const facts = { every: formatDuration(limit.every), window: formatDuration(size) };
  rule.report(ruleProblems.shortLimit, ["limit", "every"], facts);
}

/** Whether events of one key may come from several partitions: of several streams, or of one partitioned by another field. */
function isSpread({ inputs }: CompiledRule): boolean {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) return true;
  // Alerts have one partition a task (semantics.md 28).
  if (input.stream === alertStream) return false;
  return !input.key.some(({ path }) => path !== undefined && isPartitionKey(path, input.stream));
}

function isPartitionKey(path: readonly string[], { alias, key }: Stream): boolean {
  return key !== undefined && path.join(".") === `${alias}.${key}`;
}
