/** A deployment with many instances, and rules whose alerts do not hang on how partitions interleave. */
import { compileProject } from "../../engine/compile.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import { loadProject } from "../../engine/load.ts";
import { deploy, type Trial, type TrialDeployment } from "../run/deployment.ts";

/** Where an event arrives, by another key, by no key at all; on close, in event time, and alerts of alerts. */
const pack = `pack: many
defaults: { severity: warning, sinks: [alerts_fraud_payments] }
rules:
  - id: flagged
    title: A flagged payment
    kind: filter
    on: payments
    when: payment.is_flagged
    entities: { payment: payment.payment_id }
  - id: retries
    title: Many attempts for one order
    kind: threshold
    on: payments
    key: payment.order_id
    window: { sliding: 30m }
    aggregate: { attempts: count() }
    when: attempts >= 2
  - id: busy-customer
    title: Many payments of one customer
    kind: threshold
    on: payments
    key: payment.customer_id
    window: { tumbling: 10m }
    aggregate: { payments: count(), total: sum(payment.amount) }
    when: payments >= 2 && total > 50
    message: "{payments} payments of {payment.customer_id}"
  - id: failing-customer
    title: Failed payments of one customer in a row
    kind: threshold
    on: payments
    where: payment.status == "failed"
    key: payment.customer_id
    evaluate: event_time
    window: { sliding: 1h }
    aggregate: { failed: count() }
    when: failed >= 2
    context: [payment_id, amount]
  - id: provider-slow
    title: A provider fails often
    kind: threshold
    on: payments
    key: payment.provider
    window: { tumbling: 1m }
    aggregate: { failures: rate(payment.status == "failed") }
    when: failures > 0.2
  - id: volume
    title: Payments a minute
    kind: threshold
    on: payments
    window: { tumbling: 1m }
    aggregate: { payments: count() }
    when: payments > 5
  - id: busy-hours
    title: Many minutes with many payments
    kind: threshold
    on: alerts
    where: alert.rule == "volume"
    window: { tumbling: 5m }
    aggregate: { minutes: count() }
    when: minutes >= 2
`;

/** Writes \`vigie.yaml\` for many instances, the contracts, and the rules. */
export async function deployMany(trial: Omit<Trial, "packs">, rules = pack): Promise<TrialDeployment> {
  const deployment = await deploy({ ...trial, packs: [], more: `instances: many\n${trial.more ?? ""}` });
  await Deno.mkdir(`${deployment.folder}/rules`, { recursive: true });
  await Deno.writeTextFile(`${deployment.folder}/rules/many.yaml`, rules);
  return deployment;
}

/** The plan of a deployment's folder. */
export async function planIn(folder: string): Promise<Plan> {
  const loaded = await loadProject({ packs: [`${folder}/rules`], contracts: `${folder}/contracts`, tests: false });
  const { plan, problems } = compileProject(loaded);
  if (plan === undefined) throw new Error(JSON.stringify([...loaded.problems, ...problems], undefined, 1));
  return plan;
}
