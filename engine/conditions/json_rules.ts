/** The one door to json-rules-engine: it has the last word on the shape of a tree. It never evaluates events here. */
import { Rule } from "json-rules-engine";
import { isFields } from "../model/value.ts";

/** A leaf that stands for an expression while the engine looks at the tree. */
const placeholder = { fact: "expression", operator: "equal", value: true };

/** Why json-rules-engine refuses a tree; undefined when it takes it. */
export function engineRefuses(tree: unknown): string | undefined {
  try {
    new Rule(JSON.stringify({ conditions: { all: [withoutExpressions(tree)] }, event: { type: "match" } }));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function withoutExpressions(tree: unknown): unknown {
  if (!isFields(tree)) return placeholder;
  const branch = Object.entries(tree).map(([name, value]) => {
    if (name === "not") return [name, withoutExpressions(value)];
    return [name, (name === "all" || name === "any") && Array.isArray(value) ? value.map(withoutExpressions) : value];
  });
  return Object.fromEntries(branch);
}
