/** The way of an alert as a tree: what each route said, what it read, whom it tells and how. */
import type { Stop, Way } from "../../engine/routing/way.ts";

export function drawWay({ sinks, routes }: Way): string {
  const whys = Map.groupBy(sinks, ({ why }) => why);
  const plain = ["sinks of the rule", "default_sinks", "always"].flatMap((why) => {
    const names = whys.get(why)?.map(({ sink }) => sink);
    return names === undefined ? [] : [{ text: `${why}: ${names.join(", ")}`, below: [] }];
  });
  const tree = [...plain, ...routes.map(branchOf)];
  const reached = [...new Set(sinks.map(({ sink }) => sink))];
  const end = reached.length === 0 ? "reaches nobody" : `reaches ${reached.join(", ")}`;
  return [...drawn(tree, ""), end, ""].join("\n");
}

interface Branch {
  readonly text: string;
  readonly below: readonly Branch[];
}

const words: Readonly<Record<Stop["outcome"], string>> = {
  "takes": "takes it",
  "below": "hands it on",
  "not match": "does not match",
  "no sinks": "matches, and has no sinks for what no route below takes",
  "not asked": "not asked: a route before it took the alert",
};

function branchOf({ place, label, outcome, values, sinks, timing, routes }: Stop): Branch {
  const to = outcome === "takes" ? ` -> ${sinks.join(", ")}` : "";
  const how = outcome === "takes" ? timing.map(leaf) : [];
  const read = outcome === "not asked"
    ? []
    : Object.entries(values).map(([path, value]) =>
      leaf(`${path} is ${value === null ? "missing" : JSON.stringify(value)}`)
    );
  const isAsked = outcome !== "not asked" && outcome !== "not match";
  return {
    text: `${place}  ${label}: ${words[outcome]}${to}`,
    below: [...read, ...how, ...(isAsked ? routes.map(branchOf) : [])],
  };
}

function leaf(text: string): Branch {
  return { text, below: [] };
}

function drawn(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ text, below }, i) => {
    const isLast = i === branches.length - 1;
    return [`${indent}${isLast ? "└─" : "├─"} ${text}`, ...drawn(below, `${indent}${isLast ? "   " : "│  "}`)];
  });
}
