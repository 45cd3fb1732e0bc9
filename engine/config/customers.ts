/** Thresholds of customers as a deployment reads them, with what is wrong with their webhooks. */
import { type LoadedFile, readThresholds } from "../load/thresholds.ts";
import { shown } from "../load/files.ts";
import { type Problem, problem } from "../model/problem.ts";
import { deploymentProblems } from "../model/problems/deployment.ts";
import type { Threshold } from "../model/threshold.ts";
import type { Deployment } from "./deployment.ts";

const nothing: LoadedFile<readonly Threshold[]> = { content: [], problems: [], texts: new Map() };

/** The thresholds of `database: { file: … }`; none without a file. Never throws for what it says. */
export async function customersThresholds(
  { database, webhooks }: Pick<Deployment, "database" | "webhooks">,
): Promise<LoadedFile<readonly Threshold[]>> {
  if (database.kind !== "file") return nothing;
  const read = await readThresholds(database.path);
  const found = problemsOf(read.content ?? [], shown(database.path), webhooks.secrets.length > 0);
  const failed = found.some(({ severity }) => severity === "error");
  return { ...read, content: failed ? undefined : read.content, problems: [...read.problems, ...found] };
}

/** A problem for each webhook that is no address; one for all that nobody signs. */
function problemsOf(thresholds: readonly Threshold[], file: string, isSigned: boolean): readonly Problem[] {
  const named = thresholds.flatMap(({ tenant, webhook }, row) =>
    webhook === undefined ? [] : [{ tenant, webhook, site: { file, path: [row, "webhook"] } }]
  );
  const [first] = named;
  return [
    ...(first === undefined || isSigned
      ? []
      : [problem(deploymentProblems.unsignedWebhooks, first.site, { tenant: first.tenant })]),
    ...named.filter(({ webhook }) => !isAddress(webhook)).map(({ tenant, site }) =>
      problem(deploymentProblems.badWebhook, site, { tenant })
    ),
  ];
}

function isAddress(url: string): boolean {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);
}
