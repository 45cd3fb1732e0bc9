/** The one text of a meaning: parameters folded, lists by name, layout, comments and needless parentheses gone. */
import type { Value } from "../model/value.ts";
import type { Term } from "./term.ts";

/** Equal for terms that mean the same; the contents of lists play no part. */
export function canonicalOf(term: Term): string {
  switch (term.op) {
    case "constant":
      return constantText(term.value);
    case "set":
      return `lists.${term.list.name}`;
    case "read":
      return pathOf(term);
    case "step":
      return `${canonicalOf(term.of)}.${term.step.name}`;
    case "at":
      return `${canonicalOf(term.of)}[${canonicalOf(term.index)}]`;
    case "list":
      return `[${term.items.map(canonicalOf).join(",")}]`;
    case "and":
    case "or":
      return `(${canonicalOf(term.left)}${term.op === "and" ? "&&" : "||"}${canonicalOf(term.right)})`;
    case "not":
    case "negate":
      return `${term.op === "not" ? "!" : "-"}${canonicalOf(term.of)}`;
    case "has":
      return `has(${canonicalOf(term.of)})`;
    case "narrow":
      return canonicalOf(term.of);
    case "choose":
      return `(${canonicalOf(term.test)}?${canonicalOf(term.yes)}:${canonicalOf(term.no)})`;
    case "compare":
    case "arithmetic":
      return `(${canonicalOf(term.left)}${term.operator}${canonicalOf(term.right)})`;
    case "in":
      return `(${canonicalOf(term.left)} in ${canonicalOf(term.right)})`;
    case "call":
      return `${term.spec.name}(${term.args.map(canonicalOf).join(",")})`;
    case "matches":
      return `matches(${canonicalOf(term.of)},${canonicalOf(term.pattern)})`;
    case "macro": {
      const where = term.where === undefined ? "" : `${canonicalOf(term.where)},`;
      return `${term.macro}(${canonicalOf(term.of)},${term.variable},${where}${canonicalOf(term.body)})`;
    }
    case "leaf":
      return `${term.operator}(${canonicalOf(term.left)},${canonicalOf(term.right)})`;
    case "every":
    case "some":
      return `${term.op === "every" ? "all" : "any"}(${term.items.map(canonicalOf).join(",")})`;
    case "unless":
      return `none(${canonicalOf(term.of)})`;
  }
}

function pathOf(term: Extract<Term, { op: "read" }>): string {
  if (term.root.from !== "local") {
    return term.path.map((name) => (/^\w+$/.test(name) ? name : constantText(name))).join(".");
  }
  return [term.root.name, ...term.path.slice(1)].join(".");
}

/** JSON with the keys of objects in order. */
function constantText(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(constantText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${constantText(item)}`).join(",")}}`;
}
