/** Runs `vigie run`: deployment and project are read, sinks opened, and the engine runs until it is stopped or drained. */
import { backoff, monotonic, now, sleep, turn } from "../../engine/adapters/clock.ts";
import { KafkaError } from "../../engine/adapters/kafka/error.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { loadDeployment } from "../../engine/config/load.ts";
import { Secrets } from "../../engine/config/secrets.ts";
import { loadThresholds } from "../../engine/config/thresholds.ts";
import { demoThresholds } from "../../engine/generate/mod.ts";
import { SourceError } from "../../engine/runtime/source.ts";
import { StoreError } from "../../engine/runtime/store.ts";
import { Engine } from "../../engine/runtime/engine/engine.ts";
import { sinkKinds } from "../../sinks/mod.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal } from "../command.ts";
import { embeddedDeployment } from "./embedded.ts";
import { readProject, shownErrors } from "./project.ts";
import { openReceivers, setupOf } from "./setup.ts";
import type { Signals } from "./signals.ts";
import { openSource, streamsRead } from "./sources.ts";
import { openStore } from "./stores.ts";

/** How long a claim of the task holds without renewal: a standby takes over about as long after a crash. */
const termMillis = 5_000;

interface Loaded {
  readonly deployment: Deployment;
  readonly secrets: Secrets;
  readonly isEmbedded: boolean;
}

export async function runEngine(given: Given, terminal: Terminal, signals: Signals): Promise<ExitCode> {
  const loaded = await readDeployment(given.text("config"), terminal);
  if (loaded === undefined) return exit.problem;
  const { deployment, secrets, isEmbedded } = loaded;
  const log = (line: string) => terminal.err(`${new Date(now()).toISOString()} ${secrets.redact(line)}\n`);
  const project = await readProject(deployment, !isEmbedded);
  const thresholds = isEmbedded
    ? { thresholds: demoThresholds, problems: [], texts: new Map<string, string>() }
    : await readThresholds(deployment);
  const problems = [...project.problems, ...thresholds.problems];
  const errors = shownErrors(problems, new Map([...project.texts, ...thresholds.texts]), terminal.isTerminal);
  if (project.plan === undefined || errors !== "") {
    terminal.out(errors);
    return exit.problem;
  }
  const drain = given.flag("drain");
  const output = { isTerminal: terminal.isTerminal, write: terminal.out };
  const receivers = openReceivers(deployment, output);
  const failFast = given.flag("fail-fast");
  await openAll(receivers, failFast, log);
  const store = openStore(deployment.store, deployment.app);
  const setup = setupOf(project.plan, { deployment, receivers, thresholds: thresholds.thresholds, drain });
  const engine = new Engine({
    setup,
    source: (plan, position) => openSource(plan, position, { deployment, failFast, log }),
    store,
    task: "all",
    owner: `${deployment.instance} ${crypto.randomUUID()}`,
    term: termMillis,
    checkpoint: { ...deployment.checkpoint, maxKeys: deployment.maxKeys },
    outbox: deployment.outbox,
    time: { now, monotonic, sleep, turn, backoff },
    drain,
    failFast,
    fresh: given.flag("fresh"),
    shutdown: deployment.shutdown,
    log,
  });
  log(opening(project.plan, deployment));
  signals.onStop(() => {
    log("Stopping: what was read is saved and delivered");
    engine.stop();
  });
  try {
    await engine.start();
    return exit.good;
  } catch (error) {
    if (!isOutside(error)) throw error;
    throw new EnvironmentError(secrets.redact(error.message), { cause: error });
  } finally {
    signals.end();
    for (const { close } of receivers.values()) await close().catch(() => {});
    await store.close().catch(() => {});
  }
}

/** What did not answer or cannot be used, other than a fault of the program. */
function isOutside(error: unknown): error is Error {
  return error instanceof StoreError || error instanceof SourceError || error instanceof KafkaError;
}

async function readDeployment(path: string | undefined, terminal: Terminal): Promise<Loaded | undefined> {
  const instance = Deno.hostname();
  if (path === undefined) {
    return { deployment: embeddedDeployment(instance), secrets: new Secrets(), isEmbedded: true };
  }
  const sinks = new Map(Object.values(sinkKinds).map(({ name, schema }) => [name, schema]));
  const env = (name: string) => Deno.env.get(name);
  const { deployment, problems, texts, secrets } = await loadDeployment(path, { sinks, instance, env });
  if (deployment !== undefined) return { deployment, secrets, isEmbedded: false };
  terminal.out(shownErrors(problems, texts, terminal.isTerminal));
  return undefined;
}

function readThresholds({ database }: Deployment) {
  if (database.kind === "file") return loadThresholds(database.path);
  return { thresholds: [], problems: [], texts: new Map<string, string>() };
}

/** Opens every sink; one that is away is opened when it is needed, unless the start is to fail at once. */
async function openAll(
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
function opening(plan: Plan, { source, store, sinks }: Deployment): string {
  const streams = streamsRead(plan).map(({ name }) => name);
  const from = source.kind === "kafka" ? `Kafka at ${source.connection.brokers.join(", ")}` : source.kind;
  return `Vigie runs ${plan.rules.length} rules of ${plan.packs.length} packs on ${streams.length} streams; ` +
    `source: ${from}, state: ${store.kind}, sinks: ${sinks.map(({ name }) => name).join(", ")}`;
}
