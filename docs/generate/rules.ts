/** Pages of the language: kinds, windows, aggregates. Their examples are executed by tests. */
import { aggregates } from "../../engine/aggregates/mod.ts";
import type { Aggregate } from "../../engine/aggregates/aggregate.ts";
import type { Kind } from "../../engine/kinds/kind.ts";
import { kinds } from "../../engine/kinds/mod.ts";
import { windows } from "../../engine/windows/mod.ts";
import type { WindowKind } from "../../engine/windows/window.ts";
import { fenced, type Page, propertyRows, shown, table } from "./page.ts";

/** One page a kind, a window and an aggregate. */
export function rulePages(): Page[] {
  return [
    ...Object.values<Kind>(kinds).map(kindPage),
    ...Object.values<WindowKind>(windows).map(windowPage),
    ...Object.values<Aggregate>(aggregates).map(aggregatePage),
  ];
}

function kindPage(kind: Kind): Page {
  const own = Object.keys(kind.properties);
  const shared = kind.required.filter((name) => !own.includes(name)).map((name) => `\`${name}\``);
  return {
    path: `kinds/${kind.name}.md`,
    title: `kind: ${kind.name}`,
    summary: kind.summary,
    body: [
      ...(own.length === 0 ? [] : [
        "## Properties",
        "",
        "Beside those of [every rule](../files/rule.md):",
        "",
        ...table(["property", "is", "means"], propertyRows(kind.properties, kind.required)),
      ]),
      ...(shared.length === 0 ? [] : [`Of those of every rule it requires ${shared.join(", ")}.`, ""]),
      "## Example",
      "",
      ...fenced("yaml", kind.example.pack),
      "Its tests:",
      "",
      ...fenced("yaml", kind.example.test),
    ],
  };
}

function windowPage(window: WindowKind): Page {
  const size = { type: "string", format: "duration", description: window.size };
  return {
    path: `windows/${window.name}.md`,
    title: `window: ${window.name}`,
    summary: window.summary,
    body: [
      ...fenced("yaml", `# part\nwindow: ${window.example}`),
      ...table(
        ["property", "is", "means"],
        propertyRows({ [window.name]: size, ...window.options }, [window.name, ...window.required ?? []]),
      ),
      `Rules over it speak \`${window.emit}\` unless they say so themselves.`,
    ],
  };
}

function aggregatePage(aggregate: Aggregate): Page {
  const { call, values, result } = aggregate.example;
  const names = aggregate.parameters.map(({ name, optional }) => (optional === true ? `[${name}]` : name));
  return {
    path: `aggregates/${aggregate.name}.md`,
    title: `${aggregate.name}(${names.join(", ")})`,
    summary: aggregate.summary,
    body: [
      ...(aggregate.parameters.length === 0 ? [] : table(
        ["argument", "may be"],
        aggregate.parameters.map(({ name, accepts, constant, optional }) => [
          `\`${name}\`${optional === true ? " (optional)" : ""}`,
          constant === true ? `a constant ${accepts.join(" or ")}` : accepts.join(", "),
        ]),
      )),
      `**Exactness.** ${aggregate.exactness}`,
      "",
      aggregate.total ? "A window without values still has a result." : "A window without values has no value.",
      "",
      "## Example",
      "",
      `\`${call}\` over the values ${shown([...values])} is \`${shown(result)}\`.`,
    ],
  };
}
