/**
 * Conditions: the rule language's expressions, condition trees and templates, compiled to JavaScript (language.md §2).
 * The path of a text: `cel.ts` parses, `check.ts` resolves and types, `guards.ts` warns, `emit.ts` writes the code.
 */
export { type Call, identifiersOf, parseCall } from "./call.ts";
export { compileExpression } from "./compile.ts";
export { functionNames } from "./functions.ts";
export type { Report } from "./report.ts";
export { compileTemplate } from "./template.ts";
export { compileCondition } from "./tree.ts";
