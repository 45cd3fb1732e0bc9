/** A deployment in a folder of its own, with topics that no other test has. */

const root = new URL("../..", import.meta.url).pathname;

export interface TrialDeployment {
  readonly folder: string;
  /** Topic of payments, and that of the sink `alerts_fraud_payments`. */
  readonly topic: string;
  readonly alerts: string;
  readonly remove: () => Promise<void>;
}

export interface Trial {
  readonly broker: string;
  /** Packs of this project, as paths from its root. */
  readonly packs: readonly string[];
  /** The line of the store; SQLite by default. */
  readonly store?: string;
  /** Further sinks, a line each. */
  readonly sinks?: readonly string[];
  /** Further lines of the file. */
  readonly more?: string;
}

/** Writes `vigie.yaml`, packs and contracts; the contract of payments names a topic of its own. */
export async function deploy(trial: Trial): Promise<TrialDeployment> {
  const { broker, packs, store = "store: { sqlite: state.db }", sinks = [], more = "" } = trial;
  const folder = await Deno.makeTempDir({ prefix: "vigie-run-" });
  const mark = crypto.randomUUID().slice(0, 8);
  const [topic, alerts] = [`payments-${mark}`, `alerts-${mark}`];
  await copy(`${root}/contracts`, `${folder}/contracts`);
  for (const pack of packs) await copy(`${root}/${pack}`, `${folder}/${pack}`);
  if (packs.some((pack) => pack.startsWith("rules/fraud"))) {
    await copy(`${root}/rules/fraud/lists`, `${folder}/rules/fraud/lists`);
  }
  const contract = `${folder}/contracts/streams/payments.yaml`;
  await Deno.writeTextFile(contract, (await Deno.readTextFile(contract)).replace("topic: payments", `topic: ${topic}`));
  await Deno.writeTextFile(
    `${folder}/vigie.yaml`,
    `app: vigie-${mark}
source: { kafka: { brokers: ["${broker}"] } }
${store}
sinks:
  alerts_fraud_payments: { kafka: { topic: ${alerts} } }
  alerts_psp_payments: { file: { path: psp.ndjson } }
  alerts_advanced_fraud: { file: { path: advanced.ndjson } }
  payment_stats: { file: { path: stats.ndjson } }
${sinks.map((line) => `  ${line}\n`).join("")}${more}`,
  );
  return { folder, topic, alerts, remove: () => Deno.remove(folder, { recursive: true }) };
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) {
    await Deno.mkdir(to.replace(/\/[^/]*$/, ""), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) await copy(`${from}/${entry.name}`, `${to}/${entry.name}`);
}
