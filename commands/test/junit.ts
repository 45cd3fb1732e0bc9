/** Results of tests as JUnit XML, which CI servers show. */
import type { TestFailure, TestResult } from "../../engine/runtime/pack_tests.ts";

/** One suite a file, one case a test. */
export function junit(results: readonly TestResult[]): string {
  const files = [...new Set(results.map(({ file }) => file))];
  const suites = files.map((file) => suiteOf(file, results.filter((result) => result.file === file)));
  const failures = results.filter((result) => result.failures.length > 0).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${results.length}" failures="${failures}" time="${seconds(results)}">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteOf(file: string, results: readonly TestResult[]): string {
  const failures = results.filter((result) => result.failures.length > 0).length;
  const head = `name="${escape(file)}" tests="${results.length}" failures="${failures}" time="${seconds(results)}"`;
  return [`  <testsuite ${head}>`, ...results.map(caseOf), "  </testsuite>"].join("\n");
}

function caseOf(result: TestResult): string {
  const head = `name="${escape(result.test.name)}" classname="${escape(result.file)}" time="${seconds([result])}"`;
  if (result.failures.length === 0) return `    <testcase ${head}/>`;
  const failures = result.failures.map((failure) =>
    `      <failure message="${escape(sentence(failure))}">${escape(JSON.stringify(failure, null, 2))}</failure>`
  );
  return [`    <testcase ${head}>`, ...failures, "    </testcase>"].join("\n");
}

function sentence(failure: TestFailure): string {
  if (failure.what === "invalid") return failure.message;
  if (failure.what === "unexpected") return `unexpected ${failure.output} of rule ${failure.actual.rule}`;
  const parts = failure.differs.length > 0 ? `, nearest differs in ${failure.differs.join(", ")}` : "";
  return `no ${failure.output} matches expectation ${failure.index + 1}${parts}`;
}

function seconds(results: readonly TestResult[]): string {
  return (results.reduce((sum, { millis }) => sum + millis, 0) / 1000).toFixed(3);
}

function escape(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd").replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("\n", "&#10;");
}
