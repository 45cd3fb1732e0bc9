/** Runs `vigie run`: what belongs to an engine is put together, and it runs until it is stopped or drained. */
import { backoff, monotonic, now, sleep, turn } from "../../engine/adapters/clock.ts";
import { HttpIngest } from "../../engine/adapters/http_source.ts";
import { KafkaError } from "../../engine/adapters/kafka/error.ts";
import { maskCards } from "../../engine/privacy/cards.ts";
import type { Setup } from "../../engine/runtime/engine/options.ts";
import { exportProblem, openTracing } from "../../engine/adapters/telemetry.ts";
import { SourceError } from "../../engine/runtime/source.ts";
import { StoreError } from "../../engine/runtime/store.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal } from "../command.ts";
import { anewOf, describeAnew } from "./anew.ts";
import { openEngine } from "./engines.ts";
import { refusedForMany } from "./many/refused.ts";
import { Customers } from "./customers/customers.ts";
import { contextOf } from "./receivers.ts";
import { contentOf } from "./content.ts";
import { pathsOf, readSetup } from "./read_setup.ts";
import { Distributions, measuredStore } from "./measured.ts";
import { Reloader } from "./reloader.ts";
import { openRoutes } from "./routing.ts";
import { serve } from "./serve.ts";
import { openReceivers } from "./setup.ts";
import type { Signals } from "./signals.ts";
import { load, openAll, opening, readOrGoOn, setupOfPlan } from "./start.ts";
import { openReads, openStore } from "./stores.ts";

/** How long a claim of the task holds without renewal: a standby takes over about as long after a crash. */
const termMillis = 5_000;

/** Why a drain has no reload. */
const noReload = "A drain ends with the rules that it began with";

export async function runEngine(given: Given, terminal: Terminal, signals: Signals): Promise<ExitCode> {
  const loaded = await load(given.text("config"), terminal);
  if (loaded === undefined) return exit.problem;
  const { deployment, secrets, isEmbedded } = loaded;
  const refused = refusedForMany(deployment);
  if (refused !== undefined) {
    terminal.err(`${refused}\n`);
    return exit.problem;
  }
  const anew = anewOf(given, deployment);
  const unsafe = exportProblem();
  if (unsafe !== undefined) throw new EnvironmentError(unsafe);
  const log = (line: string) => terminal.err(`${new Date(now()).toISOString()} ${maskCards(secrets.redact(line))}\n`);
  const [drain, failFast] = [given.flag("drain"), given.flag("fail-fast")];
  const output = { isTerminal: terminal.isTerminal, write: terminal.out };
  const receivers = openReceivers(deployment, output);
  const measures = new Distributions(deployment.telemetry.otel ? openTracing() : undefined);
  const store = measuredStore(openStore(deployment.store, deployment.app), measures);
  const owner = `${deployment.instance} ${crypto.randomUUID()}`;
  const routes = openRoutes({
    ...{ deployment, receivers, store, owner, log, tree: loaded.tree, term: termMillis },
    setup: (): Setup | undefined => engine.setup(),
  });
  const customers = new Customers({
    ...{ webhooks: deployment.webhooks, store, log },
    context: contextOf(deployment, output),
  });
  const reads = openReads(deployment.store, log);
  const input = {
    deployment,
    isEmbedded,
    drain,
    receivers,
    ...{ measures, customers },
    reads,
    colour: terminal.isTerminal,
  };
  const content = await contentOf(pathsOf(deployment));
  const read = await readOrGoOn(input, failFast, terminal, log);
  if (read === undefined) {
    await store.close();
    return exit.problem;
  }
  await openAll(receivers, failFast, log);
  const shared = {
    setup: read.setup,
    ...{ store, owner, measures },
    term: termMillis,
    checkpoint: { ...deployment.checkpoint, maxKeys: deployment.maxKeys },
    outbox: deployment.outbox,
    time: { now, monotonic, sleep, turn, backoff },
    drain,
    failFast,
    shutdown: deployment.shutdown,
    log,
  };
  const ingest = new HttpIngest();
  const engine = openEngine(deployment, shared, (files) => setupOfPlan(input, files), ingest, anew, routes);
  log(opening(read.setup.plan, deployment));
  if (anew !== undefined) log(describeAnew(anew));
  const reloader = drain ? undefined : new Reloader(
    {
      ...{ paths: pathsOf(deployment), log },
      refresh: () => customers.refresh(),
      read: () => readSetup(input),
      switchTo: (setup) => engine.reload(setup),
    },
    { content, meaning: read.meaning },
  );
  const server = serve({
    ...{ deployment, isEmbedded, ingest, customers, routes, log },
    status: () => engine.status(),
    reloader: reloader ?? noReload,
    distributions: measures.all,
  });
  signals.onReload(() => {
    if (reloader === undefined) log(noReload);
    void reloader?.reload();
  });
  signals.onStop(() => {
    log("Stopping: what was read is saved and delivered");
    engine.stop();
  });
  try {
    await engine.start();
    return exit.good;
  } catch (error) {
    if (!isOutside(error)) throw error;
    throw new EnvironmentError(maskCards(secrets.redact(error.message)), { cause: error });
  } finally {
    reloader?.stop();
    signals.end();
    ingest.end();
    await server?.close();
    for (const { close } of receivers.values()) await close().catch(() => {});
    await store.close().catch(() => {});
    await customers.close();
    await reads?.close().catch(() => {});
  }
}

/** What did not answer or cannot be used, other than a fault of the program. */
function isOutside(error: unknown): error is Error {
  return error instanceof StoreError || error instanceof SourceError || error instanceof KafkaError;
}
