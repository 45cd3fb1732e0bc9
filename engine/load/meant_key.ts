/**
 * The key that an author most likely meant by one that does not exist: a misspelling, or the word that another product
 * has for it. A key that stands in the map already was not meant.
 */
import { nearest } from "../model/problem.ts";

/** For each key of the language, the words by which authors may look for it. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  id: ["name", "rule_id", "rule"],
  title: ["summary", "headline"],
  description: ["desc", "comment"],
  on: ["stream", "streams", "source", "topic", "from", "index", "logsource"],
  where: ["selection", "detection", "filter", "match_if"],
  key: ["group_by", "groupby", "group-by", "by", "partition_by", "keys", "keyed_by"],
  when: ["if", "condition", "conditions", "expression", "expr", "having", "trigger", "filter"],
  window: ["timeframe", "time_window", "interval", "period"],
  within: ["timeout", "timeframe", "window", "interval", "maxspan"],
  for: ["duration", "after", "timeout"],
  aggregate: ["aggregates", "aggregation", "aggregations", "metrics", "measures", "select"],
  levels: ["threshold", "thresholds"],
  severity: ["level", "priority"],
  message: ["msg", "text", "alert_text", "annotation"],
  entities: ["entity", "fields"],
  labels: ["tags"],
  runbook: ["url", "link", "runbook_url"],
  sinks: ["output", "outputs", "destinations", "channels", "notify"],
  emit_to: ["output", "outputs", "into"],
  limit: ["throttle", "cooldown", "suppress", "dedup", "rate_limit"],
  steps: ["sequence", "events"],
  expect: ["expected", "alerts"],
  given: ["input", "inputs", "events", "when"],
};

/** Words that need a sentence: the language says it another way. */
const sentences: Readonly<Record<string, string>> = {
  enabled: "write `status: live`, `status: shadow` or `status: disabled`",
  disabled: "write `status: live`, `status: shadow` or `status: disabled`",
  active: "write `status: live`, `status: shadow` or `status: disabled`",
  not: "write it as `not: { on: …, where: … }`, with nothing beside it",
};

/** The key that was meant; undefined when none comes near. `present` are the keys of the map. */
export function meantKey(key: string, known: readonly string[], present: readonly string[]): string | undefined {
  const free = known.filter((name) => !present.includes(name));
  const word = key.toLowerCase();
  return free.find((name) => synonyms[name]?.includes(word)) ?? nearest(key, free);
}

/** A sentence for a key that no other key stands for. */
export function sentenceFor(key: string, known: readonly string[]): string | undefined {
  const glued = /^(\w+):(\S.*)$/.exec(key);
  if (glued?.[1] !== undefined && known.includes(glued[1])) {
    return `leave a space behind the colon: \`${glued[1]}: ${glued[2]}\``;
  }
  return Object.hasOwn(sentences, key.toLowerCase()) ? sentences[key.toLowerCase()] : undefined;
}
