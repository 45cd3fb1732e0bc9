/** One pack: from the values of its YAML to a `Pack`, with its list files read. Structure is checked here, meaning not. */
import { dirname, join } from "node:path";
import { findKind, kinds } from "../kinds/mod.ts";
import { severities } from "../model/alert.ts";
import type { ListSource, LookupSource, Pack, Param, RuleText } from "../model/pack.ts";
import { nearest, type Path, problem, type ProblemKind } from "../model/problem.ts";
import { documentProblems as problems } from "../model/problems/documents.ts";
import { parseDuration } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { compileSchema, type SchemaCheck } from "./ajv.ts";
import { anyRuleOf, type FileReader, shown } from "./files.ts";
import { readList } from "./lists.ts";
import { conditionSchema, packProperties, packRequired, rulePropertiesOf, ruleSchema } from "./rule_schema.ts";
import { checkStructure } from "./structure.ts";

type Report = <A>(kind: ProblemKind<A>, path: Path, facts: A, at?: "key" | "value") => void;

/** Milliseconds that a row of a lookup is served from memory when the pack does not say. */
const defaultCache = 60_000;
/** Milliseconds between two readings of a Redis list when the pack does not say. */
const defaultRefresh = 30_000;

/**
 * The pack that a file's values stand for; what is wrong is reported. Rules whose structure is wrong are left out, what is
 * wrong in the head has some value, so that the rest can be checked. Undefined when the pack has no name.
 */
export async function readPack(file: string, value: Value, reader: FileReader): Promise<Pack | undefined> {
  const report: Report = (kind, path, facts, at = "value") => {
    reader.problems.push(problem(kind, { file, path, at }, facts));
  };
  checkStructure(packCheck(), value, "the pack", report);
  if (!isFields(value) || typeof value.pack !== "string") return undefined;
  const name = value.pack;
  // Who misspells a name or leaves one out is not told as well that tests name what does not exist.
  if (!isName(name)) reader.rejected.packs.add(file);
  if (!Array.isArray(value.rules)) reader.rejected.rules.add(anyRuleOf(name));
  const rules = readRules(file, name, value.rules ?? [], reader);
  return {
    name,
    file,
    owner: textOrNone(value.owner),
    description: textOrNone(value.description),
    params: readParams(fieldsOf(value.params), report),
    lists: await readLists(file, fieldsOf(value.lists), reader, report),
    conditions: fieldsOf(value.conditions),
    lookups: readLookups(fieldsOf(value.lookups)),
    defaults: readDefaults(fieldsOf(value.defaults)),
    rules,
  };
}

function isName(text: string): boolean {
  return new RegExp(packProperties.pack.pattern).test(text);
}

let ofPack: SchemaCheck | undefined;
const ofRule = new Map<string, SchemaCheck>();

/** Compiled when first asked for: a program that reads no packs pays nothing. */
function packCheck(): SchemaCheck {
  return ofPack ??= compileSchema({
    type: "object",
    additionalProperties: false,
    required: packRequired,
    properties: packProperties,
    $defs: { condition: conditionSchema },
  }, "all");
}

function ruleCheck(kind: string): SchemaCheck | undefined {
  const found = findKind(kind);
  let check = ofRule.get(kind);
  if (found === undefined || check !== undefined) return check;
  const schema = ruleSchema(found);
  // A window that is wrong is explained by the window itself (`createWindow`), better than by a choice of schemas.
  const window = found.properties.window;
  const properties = {
    ...fieldsLike(schema.properties),
    ...(window === undefined ? {} : { window: { type: "object", description: window.description } }),
  };
  check = compileSchema({ ...schema, properties, $defs: { condition: conditionSchema } }, "all");
  ofRule.set(kind, check);
  return check;
}

function readRules(file: string, pack: string, value: Value, reader: FileReader): readonly RuleText[] {
  if (!Array.isArray(value)) return [];
  const rules: RuleText[] = [];
  for (const [i, raw] of value.entries()) {
    const path = ["rules", i];
    const id = isFields(raw) && typeof raw.id === "string" ? raw.id : undefined;
    const report: Report = (kind, below, facts, at = "value") => {
      const site = { file, path: [...path, ...below], at };
      reader.problems.push(problem(kind, id === undefined ? site : { ...site, rule: id }, facts));
    };
    const rule = readRule(raw, report);
    if (rule === undefined) {
      reader.rejected.rules.add(id !== undefined && isName(id) ? `${pack}/${id}` : anyRuleOf(pack));
    }
    if (rule === undefined || id === undefined) continue;
    if (rules.some((other) => other.id === id)) report(problems.duplicateRule, ["id"], { id });
    else rules.push({ id, pack, file, path, ...rule });
  }
  return rules;
}

/** What a rule says, or undefined when its structure is wrong. */
function readRule(
  raw: Value,
  report: Report,
): Pick<RuleText, "kind" | "title" | "description" | "status" | "raw"> | undefined {
  if (!isFields(raw)) {
    report(problems.wrongKind, [], {
      name: "rules",
      expected: "a map",
      found: "another value",
      says: undefined,
      help: undefined,
    });
    return undefined;
  }
  if (typeof raw.kind !== "string") {
    report(problems.missingKey, [], {
      key: "kind",
      owner: "the rule",
      says: `Kinds are ${Object.keys(kinds).join(", ")}`,
    });
    return undefined;
  }
  const check = ruleCheck(raw.kind);
  if (check === undefined) {
    const known = Object.keys(kinds);
    report(problems.unknownKind, ["kind"], { kind: raw.kind, nearest: nearest(raw.kind, known), known });
    return undefined;
  }
  if (!checkStructure(check, raw, `the ${raw.kind} rule`, report, kindsWith)) return undefined;
  const status = (["live", "shadow", "disabled"] as const).find((one) => one === raw.status) ?? "live";
  const title = textOrNone(raw.title) ?? String(raw.id);
  return { kind: raw.kind, title, description: textOrNone(raw.description), status, raw };
}

/** Where a key belongs that a kind does not have. */
function kindsWith(key: string): string | undefined {
  const having = Object.values(kinds).filter((kind) => Object.hasOwn(rulePropertiesOf(kind), key));
  return having.length === 0
    ? undefined
    : `"${key}" belongs to rules of kind ${having.map(({ name }) => name).join(", ")}`;
}

function readParams(raw: Fields, report: Report): Pack["params"] {
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name, readParam(name, fieldsOf(value), report)]),
  );
}

function readParam(name: string, raw: Fields, report: Report): Param {
  const type = (["number", "string", "boolean"] as const).find((one) => one === raw.type) ?? "number";
  const { min, max } = { min: numberOrNone(raw.min), max: numberOrNone(raw.max) };
  const given = raw.default;
  const value = typeof given === "string" || typeof given === "boolean" || typeof given === "number" ? given : 0;
  const param = {
    type,
    default: value,
    min,
    max,
    unit: textOrNone(raw.unit),
    description: textOrNone(raw.description),
  };
  const wrong = wrongDefault(param);
  if (wrong !== undefined) report(problems.badParameter, ["params", name, wrong.at], { name, wrong: wrong.says });
  return param;
}

function wrongDefault({ type, default: value, min, max }: Param): { at: string; says: string } | undefined {
  const actual: string = typeof value;
  if (actual !== type) return { at: "default", says: `its default ${JSON.stringify(value)} is no ${type}` };
  if (typeof value !== "number") {
    const bound = min !== undefined ? "min" : max !== undefined ? "max" : undefined;
    return bound === undefined ? undefined : { at: bound, says: `a ${type} has no ${bound}` };
  }
  if (min !== undefined && max !== undefined && min > max) return { at: "min", says: `min ${min} is above max ${max}` };
  if (min !== undefined && value < min) return { at: "default", says: `its default ${value} is below min ${min}` };
  if (max !== undefined && value > max) return { at: "default", says: `its default ${value} is above max ${max}` };
  return undefined;
}

async function readLists(file: string, raw: Fields, reader: FileReader, report: Report): Promise<Pack["lists"]> {
  const lists: [string, ListSource][] = [];
  for (const [name, value] of Object.entries(raw)) {
    const say = <A>(kind: ProblemKind<A>, below: Path, facts: A) => report(kind, ["lists", name, ...below], facts);
    lists.push([
      name,
      await readList(name, value, { reader, say, resolve: (path) => shown(join(dirname(file), path)), defaultRefresh }),
    ]);
  }
  return Object.fromEntries(lists);
}

function readLookups(raw: Fields): Pack["lookups"] {
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]): [string, LookupSource] => {
      const { redis_hash, fields, cache } = fieldsOf(value);
      const types = Object.entries(fieldsOf(fields)).map(([field, type]): [string, "number" | "string" | "boolean"] => [
        field,
        (["number", "string", "boolean"] as const).find((one) => one === type) ?? "string",
      ]);
      return [name, {
        redisHash: String(redis_hash),
        fields: Object.fromEntries(types),
        cache: typeof cache === "string" ? parseDuration(cache) ?? defaultCache : defaultCache,
      }];
    }),
  );
}

function readDefaults(raw: Fields): Pack["defaults"] {
  const { severity, sinks, labels } = raw;
  return {
    severity: severities.find((one) => one === severity) ?? (severity === undefined ? undefined : "warning"),
    sinks: sinks === undefined ? undefined : (Array.isArray(sinks) ? sinks : [sinks]).map(String),
    labels: Object.fromEntries(Object.entries(fieldsOf(labels)).map(([name, value]) => [name, String(value)])),
  };
}

function fieldsOf(value: Value | undefined): Fields {
  return isFields(value) ? value : {};
}

function fieldsLike(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOrNone(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOrNone(value: Value | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
