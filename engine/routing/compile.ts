/** From `routes:` as written to the routing tree, with every problem of it at its place in the deployment file. */
import { compileCondition, compileExpression, type Report } from "../conditions/mod.ts";
import { describeTree } from "../conditions/tree.ts";
import { type Path, type Problem, problem, type ProblemKind } from "../model/problem.ts";
import { routeProblems as problems } from "../model/problems/routes.ts";
import { type Millis, parseDuration } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { identify } from "../runtime/identity.ts";
import { type Mute, mutedUntil, readMute } from "./mute.ts";
import type { Budget, Grouping, Policy, Route } from "./route.ts";
import { reportUnreachable } from "./unreachable.ts";
import { alertVocabulary } from "./vocabulary.ts";

export interface RoutesInput {
  /** Nodes whose structure is sound. */
  readonly routes: readonly Fields[];
  /** Names of the sinks that there are. */
  readonly sinks: readonly string[];
  /** The deployment file, for problems. */
  readonly file: string;
}

export interface CompiledRoutes {
  /** Without the nodes that have an error. */
  readonly tree: readonly Route[];
  readonly problems: readonly Problem[];
}

/** What a node has from those above it. */
interface Above {
  readonly id: string;
  readonly sinks: readonly string[];
  readonly policy: Policy;
}

const nothing: Above = { id: "", sinks: [], policy: { grouping: undefined, mutes: [], budget: undefined } };

/** Compiles a tree. Never throws; a node with an error is reported and left out with those below it. */
export function compileRoutes({ routes, sinks, file }: RoutesInput): CompiledRoutes {
  const found: Problem[] = [];
  const compiler = new RouteCompiler(sinks, file, found);
  const tree = compiler.nodes(routes, ["routes"], nothing);
  reportUnreachable(tree, (path, facts) => void found.push(problem(problems.unreachable, { file, path }, facts)));
  return { tree, problems: found };
}

class RouteCompiler {
  private readonly ids = new Set<string>();

  constructor(
    private readonly sinks: readonly string[],
    private readonly file: string,
    private readonly found: Problem[],
  ) {}

  nodes(raw: Value | undefined, path: Path, above: Above): readonly Route[] {
    const nodes = Array.isArray(raw) ? raw : [];
    return nodes.map((node, i) => this.node(isFields(node) ? node : {}, [...path, i], above))
      .filter((node) => node !== undefined);
  }

  private node(raw: Fields, path: Path, above: Above): Route | undefined {
    const before = this.errors();
    const match = raw.match === undefined
      ? undefined
      : compileCondition(raw.match, alertVocabulary, this.reporter([...path, "match"]));
    const id = this.idOf(above.id, match?.canonical ?? "");
    const sinks = raw.sinks === undefined ? above.sinks : this.sinksOf(raw.sinks, [...path, "sinks"]);
    const policy = this.policy(raw, path, above.policy);
    const routes = this.nodes(raw.routes, [...path, "routes"], { id, sinks, policy });
    if (sinks.length === 0 && (!Array.isArray(raw.routes) || raw.routes.length === 0)) {
      this.report(problems.noSinks, path, {});
    }
    if (this.errors() > before) return undefined;
    const label = raw.match === undefined ? "every alert" : describeTree(raw.match);
    return { id, path, match, label, sinks, continues: raw.continue === true, policy, routes };
  }

  /** Nodes of the same condition below the same node are told apart by their order. */
  private idOf(above: string, canonical: string): string {
    for (let twin = 0;; twin++) {
      const id = identify(above, canonical, twin).slice(0, 16);
      if (this.ids.has(id)) continue;
      this.ids.add(id);
      return id;
    }
  }

  private sinksOf(raw: Value, path: Path): readonly string[] {
    const names = Array.isArray(raw) ? raw.map(String) : [String(raw)];
    for (const [i, sink] of names.entries()) {
      const place = Array.isArray(raw) ? [...path, i] : path;
      if (!this.sinks.includes(sink)) this.report(problems.unknownSink, place, { sink, known: this.sinks });
    }
    return [...new Set(names)];
  }

  private policy(raw: Fields, path: Path, above: Policy): Policy {
    return {
      grouping: this.grouping(raw, path, above.grouping),
      mutes: Array.isArray(raw.mute) ? this.mutes(raw.mute, [...path, "mute"]) : above.mutes,
      budget: isFields(raw.budget) ? budgetOf(raw.budget) : above.budget,
    };
  }

  private grouping(raw: Fields, path: Path, above: Grouping | undefined): Grouping | undefined {
    const by = raw.group_by === undefined ? above?.by : this.groupBy(raw.group_by, [...path, "group_by"]);
    const first = durationOf(raw.first_notice_after) ?? above?.firstNoticeAfter;
    const update = durationOf(raw.update_at_most_every) ?? above?.updateAtMostEvery;
    const remind = durationOf(raw.remind_every) ?? above?.remindEvery;
    if (by === undefined && first === undefined && update === undefined && remind === undefined) return undefined;
    return { by, firstNoticeAfter: first ?? 0, updateAtMostEvery: update ?? 0, remindEvery: remind };
  }

  private groupBy(raw: Value, path: Path): Grouping["by"] {
    const texts = Array.isArray(raw) ? raw.map(String) : [String(raw)];
    const found = texts.map((text, i) => {
      const report = this.reporter(Array.isArray(raw) ? [...path, i] : path);
      const expression = compileExpression(text, alertVocabulary, undefined, report, "group by it");
      return expression === undefined ? undefined : { name: expression.path?.slice(1).join(".") ?? text, expression };
    });
    return found.filter((part) => part !== undefined);
  }

  private mutes(raw: readonly Value[], path: Path): readonly Mute[] {
    const mutes = raw.flatMap((one, i) => {
      const mute = readMute(one);
      if (!("wrong" in mute)) return [mute];
      this.report(problems.badMute, [...path, i, mute.key], { wrong: mute.wrong, help: mute.help });
      return [];
    });
    if (mutedUntil(mutes, 0) === Infinity) {
      const help = "leave a time of the week in which what was held back can be sent";
      this.report(problems.badMute, path, { wrong: "The mutes never end", help });
    }
    return mutes;
  }

  private reporter(path: Path): Report {
    return (kind, facts, site) => {
      const place = { file: this.file, path: [...path, ...site.path], at: site.at ?? "value" };
      this.found.push(problem(kind, site.range === undefined ? place : { ...place, range: site.range }, facts));
    };
  }

  private report<A>(kind: ProblemKind<A>, path: Path, facts: A): void {
    this.found.push(problem(kind, { file: this.file, path }, facts));
  }

  private errors(): number {
    return this.found.filter(({ severity }) => severity === "error").length;
  }
}

function durationOf(raw: Value | undefined): Millis | undefined {
  return typeof raw === "string" ? parseDuration(raw) : undefined;
}

function budgetOf({ max, every }: Fields): Budget {
  return { max: Number(max), every: durationOf(every) ?? 0 };
}
