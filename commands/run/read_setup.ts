/** From the files of a project to a setup, at the start and at every reload: or the problems as people read them. */
import type { Plan } from "../../engine/compile/plan.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { customersThresholds } from "../../engine/config/customers.ts";
import type { LoadedFile } from "../../engine/load/thresholds.ts";
import { demoThresholds } from "../../engine/generate/mod.ts";
import type { Threshold } from "../../engine/model/threshold.ts";
import type { Setup } from "../../engine/runtime/engine/options.ts";
import type { Measures } from "../../engine/runtime/metric.ts";
import { planName, writePlan } from "./plan_in_force.ts";
import type { Customers } from "./customers/customers.ts";
import type { OpenReceiver } from "./receivers.ts";
import { readProject, shownErrors } from "./project.ts";
import { setupOf } from "./setup.ts";
import type { RedisReads } from "./stores.ts";

export interface SetupInput {
  readonly deployment: Deployment;
  /** Nothing but what is built in: sinks that packs name need not be there. */
  readonly isEmbedded: boolean;
  readonly drain: boolean;
  readonly reads: RedisReads | undefined;
  readonly receivers: ReadonlyMap<string, OpenReceiver>;
  readonly customers: Customers;
  /** Told how long deliveries take. */
  readonly measures: Measures;
  /** Whether problems are shown in colour. */
  readonly colour: boolean;
}

export type ReadSetup =
  | {
    readonly setup: Setup;
    /** Equal for setups between which a switch would change nothing. */
    readonly meaning: string;
  }
  | { readonly problems: string };

export async function readSetup(input: SetupInput): Promise<ReadSetup> {
  const { deployment, isEmbedded, colour } = input;
  const project = await readProject(deployment, !isEmbedded);
  const { content: thresholds = [], problems, texts } = isEmbedded ? demo : await customersThresholds(deployment);
  const errors = shownErrors(
    [...project.problems, ...problems],
    new Map([...project.texts, ...texts, ...await textOfFile(deployment)]),
    colour,
  );
  if (project.plan === undefined || errors !== "") return { problems: errors };
  const origin = { name: planName, text: writePlan(deployment, project.texts) };
  const { lists } = project.plan;
  const ready = lists.length === 0 ? undefined : input.reads?.lists.follow(lists);
  const made = setupOf(project.plan, { ...input, thresholds, lookups: input.reads?.lookups });
  const setup = { ...made, origin, ...(ready === undefined ? {} : { ready }) };
  return { setup, meaning: JSON.stringify([meaningOf(project.plan), thresholds]) };
}

/** The deployment file, for problems that stand in it; the built-in one is no file. */
async function textOfFile({ file }: Deployment): Promise<readonly [string, string][]> {
  const text = await Deno.readTextFile(file).catch(() => undefined);
  return text === undefined ? [] : [[file, text]];
}

const demo: LoadedFile<readonly Threshold[]> = { content: demoThresholds, problems: [], texts: new Map() };

/** Everything that an event could meet. */
function meaningOf({ rules, streams }: Plan): unknown {
  return [
    rules.map(({ name, revision, signature, text, speech }) => [name, revision, signature, text.raw, speech.labels]),
    [...streams.values()],
  ];
}

/** What is read to make a setup. */
export function pathsOf({ packs, contracts, database }: Deployment): readonly string[] {
  return [packs, contracts, ...(database.kind === "file" ? [database.path] : [])];
}
