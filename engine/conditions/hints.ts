/**
 * What an author most likely meant by a name or a function that does not exist: a field without its stream, a word of
 * another language, an aggregate that stands below. Each hint is one sentence behind `help:`.
 */
import { nearest } from "../model/problem.ts";
import type { Vocabulary } from "./expression.ts";
import { functions, type FunctionSpec } from "./functions.ts";
import { listMacros } from "./node.ts";

const ask = "ask whether a field has a value with `has(payment.device_id)`";

/** Words that other languages have for values. */
const literals: Readonly<Record<string, string>> = {
  true: 'did you mean "true"?',
  yes: 'did you mean "true"?',
  on: 'did you mean "true"?',
  false: 'did you mean "false"?',
  no: 'did you mean "false"?',
  off: 'did you mean "false"?',
  null: ask,
  none: ask,
  nil: ask,
  undefined: ask,
  now: "`time` is the time of the event",
};

const didYouMean = (name: string | undefined) => (name === undefined ? undefined : `did you mean "${name}"?`);

/** What an unknown name may have meant; `known` are the names that an expression may begin with. */
export function hintForName(name: string, vocabulary: Vocabulary, known: readonly string[]): string | undefined {
  if (vocabulary.below?.includes(name)) return `"${name}" stands below: move it above this line`;
  const qualified = qualifiedNames(vocabulary);
  const exact = qualified.find((path) => lastOf(path) === name);
  return didYouMean(exact) ?? inherited(literals, name.toLowerCase()) ?? didYouMean(nearest(name, known)) ??
    listedValue(name, vocabulary) ?? didYouMean(nearestField(name, qualified));
}

/** Every path of two names: fields of the streams, parameters, lists, lookups. */
function qualifiedNames({ aliases, params, lists, lookups }: Vocabulary): readonly string[] {
  const below = (owner: string, names: object) => Object.keys(names).map((name) => `${owner}.${name}`);
  return [
    ...Object.entries(aliases).flatMap(([alias, { type }]) => type.kind === "object" ? below(alias, type.fields) : []),
    ...below("params", params),
    ...below("lists", lists),
    ...below("lookup", lookups),
  ];
}

function lastOf(path: string): string {
  return path.slice(path.indexOf(".") + 1);
}

function nearestField(name: string, qualified: readonly string[]): string | undefined {
  const last = nearest(name, qualified.map(lastOf));
  return last === undefined ? undefined : qualified.find((path) => lastOf(path) === last);
}

/** A bare word that is one of a field's values lacks its quotes. */
function listedValue(name: string, { aliases }: Vocabulary): string | undefined {
  const fields = Object.values(aliases).flatMap(({ type }) => type.kind === "object" ? Object.values(type.fields) : []);
  return fields.some(({ values }) => values?.includes(name)) ? `put the text in quotes: "${name}"` : undefined;
}

function inherited(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Aggregates by the words that authors may have for them. */
const aggregates: Readonly<Record<string, string>> = {
  count: "count()",
  sum: "sum(…)",
  total: "sum(…)",
  avg: "avg(…)",
  mean: "avg(…)",
  average: "avg(…)",
  stddev: "stddev(…)",
  stdev: "stddev(…)",
  std: "stddev(…)",
  first: "first(…)",
  last: "last(…)",
  latest: "last(…)",
  previous: "previous(…)",
  prev: "previous(…)",
  lag: "previous(…)",
  distinct: "distinct(…)",
  unique: "distinct(…)",
  nunique: "distinct(…)",
  count_distinct: "distinct(…)",
  countdistinct: "distinct(…)",
  cardinality: "distinct(…)",
  percentile: "percentile(…, 99)",
  quantile: "percentile(…, 99)",
  median: "percentile(…, 50)",
  rate: "rate(…)",
  ratio: "rate(…)",
  top: "top(…, 3)",
  mode: "top(…, 1)",
};

/** Functions by the words that authors may have for them. */
const calls: Readonly<Record<string, string>> = {
  len: "value.size()",
  length: "value.size()",
  lower: "value.lowerAscii()",
  tolower: "value.lowerAscii()",
  tolowercase: "value.lowerAscii()",
  upper: "value.upperAscii()",
  toupper: "value.upperAscii()",
  touppercase: "value.upperAscii()",
  includes: "value.contains(…)",
  substr: "value.substring(…)",
  regex: "value.matches(…)",
  match: "value.matches(…)",
  pow: "x * x",
  power: "x * x",
  log: "math.ln(…)",
  isnull: "!has(payment.device_id)",
  is_null: "!has(payment.device_id)",
  exists: "has(payment.device_id)",
  coalesce: 'has(payment.device_id) ? payment.device_id : "none"',
  ifnull: 'has(payment.device_id) ? payment.device_id : "none"',
  nvl: 'has(payment.device_id) ? payment.device_id : "none"',
  if: "condition ? one : other",
  iif: "condition ? one : other",
  not: "!(…)",
  in: 'payment.method in ["card", "wallet"]',
  now: "time",
  today: "time",
  hour: "time.getHours()",
  dayofweek: "time.getDayOfWeek()",
  weekday: "time.getDayOfWeek()",
  number: "double(…)",
  float: "double(…)",
  str: "string(…)",
};

/** The aggregate that a name stands for, as it is called. */
export function aggregateNamed(name: string): string | undefined {
  const word = name.toLowerCase();
  return /^p\d\d$/.test(word) ? `percentile(…, ${word.slice(1)})` : inherited(aggregates, word);
}

/** What an unknown function may have meant; undefined when nothing comes near. */
export function hintForCall(name: string, form: FunctionSpec["form"], known: readonly string[]): string | undefined {
  const call = form === "math" ? `math.${name}` : name;
  const written = otherForm(name) ?? (form === "math" ? undefined : inherited(calls, name.toLowerCase()));
  if (written !== undefined) return `write \`${written}\``;
  return didYouMean(nearest(call, known));
}

/** How a name that exists in another form is written. */
function otherForm(name: string): string | undefined {
  if (name === "has") return "has(payment.device_id)";
  if (name === "matches" || listMacros.some((macro) => macro === name)) return `value.${name}(…)`;
  const { form } = functions.find((spec) => spec.name === name) ?? {};
  if (form === "method") return `value.${name}(…)`;
  if (form === "math") return `math.${name}(…)`;
  return form === undefined ? undefined : `${name}(…)`;
}
