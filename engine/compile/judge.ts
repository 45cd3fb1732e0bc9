/** Compiles `when`, `criteria` and `severity` into one decision. */
import type { Condition, Vocabulary } from "../conditions/expression.ts";
import type { Judge, JudgeOptions, RuleCompiler } from "../kinds/kind.ts";
import { severities, type Severity } from "../model/alert.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import type { Scope } from "../model/scope.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Criterion } from "./plan.ts";

/** Severity of a matching rule; undefined never happens once compiled. */
type Grade = (scope: Scope, undefinedCondition: () => void) => Severity;

/** The severity that a text names. */
export function severityNamed(text: Value | undefined): Severity | undefined {
  return severities.find((severity) => severity === text);
}

/** Criteria of a rule in the order as written; undefined when one of them has a problem. */
function compileCriteria(rule: RuleCompiler, vocabulary: Vocabulary): readonly Criterion[] | undefined {
  const raw = rule.raw.criteria;
  if (!isFields(raw)) return [];
  const criteria = Object.keys(raw).map((name) => ({
    name,
    condition: rule.condition(["criteria", name], vocabulary),
  }));
  const sound = criteria.filter((criterion): criterion is Criterion => criterion.condition !== undefined);
  return sound.length === criteria.length ? sound : undefined;
}

/** The judge of a rule, and its criteria for the alert. Undefined when something has a problem. */
export function compileJudge(
  rule: RuleCompiler,
  vocabulary: Vocabulary,
  { required, graded = required }: JudgeOptions,
  fallback: Severity | undefined,
): { readonly judge: Judge; readonly criteria: readonly Criterion[] } | undefined {
  const criteria = compileCriteria(rule, vocabulary);
  const judged: Vocabulary = rule.raw.criteria === undefined
    ? vocabulary
    : { ...vocabulary, builtins: [...vocabulary.builtins, "matched"] };
  const when = rule.raw.when === undefined ? undefined : rule.condition(["when"], judged);
  const grade = compileGrade(rule, judged, graded, fallback);
  if (rule.raw.when === undefined && rule.raw.criteria === undefined && required) {
    rule.report(ruleProblems.noCondition, [], {}, "key");
    return undefined;
  }
  if (criteria === undefined || grade === undefined || (rule.raw.when !== undefined && when === undefined)) {
    return undefined;
  }
  const judge = deciding(criteria.map((criterion) => criterion.condition), when, grade);
  return { judge: { judge, requires: when?.requires ?? [] }, criteria };
}

/** The hot decision: counts criteria, tests `when`, grades what holds. */
function deciding(criteria: readonly Condition[], when: Condition | undefined, grade: Grade): Judge["judge"] {
  if (criteria.length === 0) {
    if (when === undefined) return grade;
    const test = when.test;
    return (scope, undefinedCondition) => {
      const holds = test(scope);
      if (holds === true) return grade(scope, undefinedCondition);
      if (holds === undefined) undefinedCondition();
      return undefined;
    };
  }
  return (scope, undefinedCondition) => {
    let matched = 0;
    for (const criterion of criteria) {
      const met = criterion.test(scope);
      if (met === true) matched++;
      else if (met === undefined) undefinedCondition();
    }
    scope.matched = matched;
    const holds = when === undefined ? matched > 0 : when.test(scope);
    if (holds === undefined) undefinedCondition();
    return holds === true ? grade(scope, undefinedCondition) : undefined;
  };
}

function compileGrade(
  rule: RuleCompiler,
  vocabulary: Vocabulary,
  graded: boolean,
  fallback: Severity | undefined,
): Grade | undefined {
  const raw = rule.raw.severity;
  if (isFields(raw)) return compileSeverityMap(rule, raw, vocabulary, fallback);
  const fixed = severityNamed(raw) ?? fallback ?? (graded ? undefined : "info");
  if (fixed === undefined) {
    rule.report(ruleProblems.noSeverity, [], {}, "key");
    return undefined;
  }
  return () => fixed;
}

/** An ordered map word → condition: the first that holds wins, else the pack's default (semantics.md 17). */
function compileSeverityMap(
  rule: RuleCompiler,
  raw: Fields,
  vocabulary: Vocabulary,
  fallback: Severity | undefined,
): Grade | undefined {
  const grades: { severity: Severity; condition: Condition }[] = [];
  let sound = true;
  for (const word of Object.keys(raw)) {
    const severity = severityNamed(word);
    const condition = rule.condition(["severity", word], vocabulary);
    if (severity === undefined || condition === undefined) sound = false;
    else grades.push({ severity, condition });
  }
  const last = fallback ?? grades[grades.length - 1]?.severity;
  if (!sound || last === undefined) return undefined;
  return (scope, undefinedCondition) => {
    for (const { severity, condition } of grades) {
      const holds = condition.test(scope);
      if (holds === true) return severity;
      if (holds === undefined) undefinedCondition();
    }
    return last;
  };
}
