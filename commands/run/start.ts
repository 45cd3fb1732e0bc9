/** What `vigie run` does before an engine runs: reads the deployment and the project, and opens the sinks. */
import type { Plan } from "../../engine/compile/plan.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { Secrets } from "../../engine/config/secrets.ts";
import type { Route } from "../../engine/routing/route.ts";
import type { Setup } from "../../engine/runtime/engine/options.ts";
import { soundDeployment } from "../cli/deployment.ts";
import { EnvironmentError, type Terminal } from "../command.ts";
import { embeddedDeployment } from "./embedded.ts";
import { withPlanInForce, withPlanOf } from "./plan_in_force.ts";
import { type ReadSetup, readSetup, type SetupInput } from "./read_setup.ts";
import type { openReceivers } from "./setup.ts";
import { streamsRead } from "./sources.ts";

/** A deployment, and what was read with it. */
export interface Loaded {
  readonly deployment: Deployment;
  readonly tree: readonly Route[];
  readonly secrets: Secrets;
  readonly isEmbedded: boolean;
}

/** The setup of what the folders hold; where they are refused, that of the plan which ran before. */
export async function readOrGoOn(
  input: SetupInput,
  failFast: boolean,
  terminal: Terminal,
  log: (line: string) => void,
): Promise<Exclude<ReadSetup, { problems: string }> | undefined> {
  const read = await readSetup(input);
  if (!("problems" in read)) return read;
  terminal.out(read.problems);
  const before = failFast || input.isEmbedded ? undefined : await withPlanInForce(input.deployment);
  if (before === undefined) return undefined;
  const found = await readSetup({ ...input, deployment: before });
  if ("problems" in found) return undefined;
  log("The rules above are refused: running those that were in force before");
  // What the store has of the plan is what this one was made from.
  const { origin: _, ...setup } = found.setup;
  return { ...found, setup };
}

/** The setup of the files of a plan that other instances run; undefined where this version cannot read them. */
export async function setupOfPlan(input: SetupInput, files: string): Promise<Setup | undefined> {
  const laid = await withPlanOf(input.deployment, files);
  const found = laid === undefined ? undefined : await readSetup({ ...input, deployment: laid });
  return found === undefined || "problems" in found ? undefined : found.setup;
}

/** The deployment file that was named, or the built-in one; undefined, with the problems on the screen, where it has an error. */
export async function load(path: string | undefined, terminal: Terminal): Promise<Loaded | undefined> {
  const instance = Deno.hostname();
  if (path !== undefined) {
    const read = await soundDeployment(path, instance, terminal);
    return read === undefined ? undefined : { ...read, isEmbedded: false };
  }
  return { deployment: embeddedDeployment(instance), tree: [], secrets: new Secrets(), isEmbedded: true };
}

/** Opens every sink; one that is away is opened when it is needed, unless the start is to fail at once. */
export async function openAll(
  receivers: ReturnType<typeof openReceivers>,
  failFast: boolean,
  log: (line: string) => void,
): Promise<void> {
  for (const [name, { open }] of receivers) {
    const opened = open().catch((error) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (failFast) throw new EnvironmentError(`The sink "${name}" cannot be opened: ${reason}`);
      log(`The sink "${name}" cannot be opened yet: ${reason}`);
    });
    if (failFast) await opened;
  }
}

/** The first line: what runs, on what. */
export function opening(plan: Plan, { source, store, sinks }: Deployment): string {
  const streams = streamsRead(plan).map(({ name }) => name);
  const from = source.kind === "kafka" ? `Kafka at ${source.connection.brokers.join(", ")}` : source.kind;
  return `Vigie runs ${plan.rules.length} rules of ${plan.packs.length} packs on ${streams.length} streams; ` +
    `source: ${from}, state: ${store.kind}, sinks: ${sinks.map(({ name }) => name).join(", ")}`;
}
