/**
 * The files of the plan in force, as the store keeps them beside the checkpoint: a start whose folders are refused runs
 * the plan that ran before, so that a bad edit and a crash together are no outage (runtime.md §6).
 */
import { dirname, join, relative } from "node:path";
import type { Deployment } from "../../engine/config/deployment.ts";
import { shown } from "../../engine/load/files.ts";
import { openStore } from "./stores.ts";

/** Name of the text in the store. */
export const planName = "plan";

interface Written {
  readonly packs: { readonly [path: string]: string };
  readonly contracts: { readonly [path: string]: string };
}

const version = "1";

/** The files of a project as one text, by their paths below the folders of the deployment. */
export function writePlan({ packs, contracts }: Deployment, texts: ReadonlyMap<string, string>): string {
  const below = (folder: string) =>
    Object.fromEntries(
      [...texts].map(([path, text]) => [relative(shown(folder), path), text] as const)
        .filter(([path]) => !path.startsWith("..")),
    );
  const written: Written = { packs: below(packs), contracts: below(contracts) };
  return version + JSON.stringify(written);
}

/** The deployment with the plan in force in folders of its own; undefined where the store knows none. */
export async function withPlanInForce(deployment: Deployment): Promise<Deployment | undefined> {
  const text = await storedPlan(deployment).catch(() => undefined);
  return text === undefined ? undefined : await withPlanOf(deployment, text);
}

/** The deployment with the files of a text in folders of their own; undefined where a later version wrote it. */
export async function withPlanOf(deployment: Deployment, text: string): Promise<Deployment | undefined> {
  if (!text.startsWith(`${version}{`)) return undefined;
  const written: Written = JSON.parse(text.slice(version.length));
  const folder = await Deno.makeTempDir({ prefix: "vigie-plan-" });
  const packs = join(folder, "packs");
  const contracts = join(folder, "contracts");
  await lay(packs, written.packs);
  await lay(contracts, written.contracts);
  return { ...deployment, packs, contracts };
}

async function storedPlan({ store, app }: Deployment): Promise<string | undefined> {
  const opened = openStore(store, app);
  try {
    await opened.open();
    return await opened.get(planName);
  } finally {
    await opened.close();
  }
}

async function lay(folder: string, files: Written["packs"]): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
}
