/** Lists and rows in Redis that rules read, where the deployment keeps nothing in Redis: nobody could read them. */
import type { Plan } from "../compile/plan.ts";
import { type Problem, problem } from "../model/problem.ts";
import { deploymentProblems } from "../model/problems/deployment.ts";
import type { Deployment } from "./deployment.ts";

/** One problem for each list, and for each lookup that a live rule reads. */
export function unreadable({ lists, rules }: Plan, { store }: Deployment): Problem[] {
  if (store.kind === "redis") return [];
  const lookups = new Map(
    rules.filter(({ text }) => text.status === "live").flatMap(({ text, lookups }) =>
      lookups.map(({ name }) => [`${text.file} ${name}`, { file: text.file, path: ["lookups", name] }] as const)
    ),
  );
  const sites = [...lists.map(({ site }) => site), ...lookups.values()];
  return sites.map((site) => {
    const [section, name] = site.path;
    const what = section === "lists" ? "list" : "lookup";
    return problem(deploymentProblems.withoutRedis, { ...site, at: "key" }, {
      what,
      name: String(name),
      store: store.kind,
    });
  });
}
