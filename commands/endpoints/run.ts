/** Runs `vigie endpoints`: over the thresholds of the deployment, and what its store knows of their endpoints. */
import type { Deployment } from "../../engine/config/deployment.ts";
import { nearest } from "../../engine/model/problem.ts";
import type { CheckpointStore } from "../../engine/runtime/store.ts";
import { soundDeployment } from "../cli/deployment.ts";
import { withStore } from "../cli/store.ts";
import { table } from "../cli/table.ts";
import { exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { type DisabledEndpoints, readDisabled, setDisabled } from "../run/customers/disabled.ts";
import { secretsOf } from "../run/customers/lanes.ts";
import { type Endpoints, endpointsIn } from "../run/customers/named.ts";

export async function runEndpoints(given: Given, terminal: Terminal): Promise<ExitCode> {
  const [action = "list", name] = given.positionals;
  if (!["list", "enable", "secret"].includes(action)) {
    throw new UsageError(`"${action}" is nothing to do with endpoints: say list, enable or secret`);
  }
  const read = await soundDeployment(given.text("config") ?? "vigie.yaml", "endpoints", terminal);
  if (read === undefined) return exit.problem;
  if (action === "secret") return showSecrets(name, read.deployment, terminal);
  const named = await endpointsIn(read.deployment, terminal);
  if (named === undefined) return exit.problem;
  return await withStore(read, inMemory, async (store) => {
    if (action === "enable") await enable(name, named, store, terminal);
    else list(named, await readDisabled(store), given.text("format") === "json", terminal);
    return exit.good;
  });
}

const inMemory = "The state is in memory: what is disabled is known to the running engine alone";

function showSecrets(tenant: string | undefined, { webhooks }: Deployment, terminal: Terminal): ExitCode {
  if (tenant === undefined) throw new UsageError("Whose secret? Name a customer, as thresholds do");
  if (webhooks.secrets.length === 0) {
    throw new UsageError("Nothing is signed: set `webhooks: { secret: … }` in the deployment file");
  }
  for (const secret of secretsOf(tenant, webhooks.secrets)) terminal.out(`${secret}\n`);
  return exit.good;
}

async function enable(
  lane: string | undefined,
  named: Endpoints,
  store: CheckpointStore,
  terminal: Terminal,
): Promise<void> {
  const disabled = await readDisabled(store);
  if (lane === undefined) throw new UsageError("Which endpoint? `vigie endpoints list` names them");
  if (!disabled.has(lane)) {
    if (named.has(lane)) throw new UsageError(`"${lane}" is not disabled`);
    const near = nearest(lane, [...disabled.keys(), ...named.keys()]);
    throw new UsageError(`There is no endpoint "${lane}"${near === undefined ? "" : `: did you mean "${near}"?`}`);
  }
  await setDisabled(store, lane, undefined);
  terminal.out(`"${lane}" is enabled; a running engine hears of it by a reload\n`);
}

function list(named: Endpoints, disabled: DisabledEndpoints, isJson: boolean, terminal: Terminal): void {
  const lanes = [...new Set([...named.keys(), ...disabled.keys()])].sort();
  const rows = lanes.map((lane) => {
    const { tenant = null, url } = named.get(lane) ?? {};
    const state = disabled.get(lane);
    // The path of an address may hold a secret.
    return { endpoint: lane, customer: tenant, host: hostOf(url), disabled: state ?? null };
  });
  if (isJson) terminal.out(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  else if (rows.length === 0) terminal.out("no threshold names an endpoint\n");
  else {
    const shown = rows.map(({ endpoint, customer, host, disabled }) => [
      ...[endpoint, customer ?? "(none now)", host ?? ""],
      disabled === null ? "enabled" : `disabled since ${disabled.since}: ${disabled.why}`,
    ]);
    terminal.out(`${table(["endpoint", "customer", "host", "state"], shown)}\n`);
  }
}

function hostOf(url: string | undefined): string | null {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : null;
}
