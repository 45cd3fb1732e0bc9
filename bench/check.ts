/**
 * `vigie check` of 1,000 rules: seconds of a whole process, cold (aim: at most 1), beside those of a process that parses
 * the same YAML and does nothing else. Alone: `deno run -A bench/check.ts`.
 */
import { join } from "node:path";

const ruleCount = 1_000;

/** What the bench measured, in seconds. */
export interface CheckBench {
  readonly rules: number;
  readonly check: number;
  readonly parseOnly: number;
}

/** Filters with trees and thresholds with windows by turns, as packs have them. */
function packText(): string {
  const rules = Array.from({ length: ruleCount }, (_, i) => (i % 2 === 0 ? filter(i) : threshold(i)));
  return `pack: big\ndefaults: { severity: high }\nlists:\n  risky: [KP, IR, MM]\nrules:\n${rules.join("")}`;
}

function filter(i: number): string {
  return `  - id: rule-${i}
    title: A payment of more than ${i} to a risky country
    kind: filter
    on: payments
    where: payment.status == "succeeded"
    when:
      all:
        - payment.amount > ${i}
        - { fact: payment, path: $.method, operator: equal, value: card }
        - payment.billing_country in lists.risky
    message: Payment {payment.payment_id} of {payment.amount} {payment.currency}
    entities: { payment: payment.payment_id, order: payment.order_id }
    limit: { max: 1, every: 30m }
`;
}

function threshold(i: number): string {
  return `  - id: rule-${i}
    title: A provider fails more than ${i} times
    kind: threshold
    on: payments
    key: payment.provider
    window: { tumbling: 5m }
    aggregate:
      total: count()
      failed: count(payment.status == "failed")
      error_rate: failed / total
    when: error_rate > 0.20 && total >= ${i}
    message: '{payment.provider} fails: {failed} of {total}'
`;
}

async function secondsOf(args: readonly string[]): Promise<number> {
  const begin = performance.now();
  const { code, stdout } = await new Deno.Command(Deno.execPath(), { args: [...args] }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stdout));
  return (performance.now() - begin) / 1000;
}

/** Best of three of each, so that other work on the machine weighs less. */
export async function benchCheck(): Promise<CheckBench> {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "big.yaml");
  await Deno.writeTextFile(file, packText());
  const parse = `import { parse } from "npm:yaml@2.9.1"; parse(Deno.readTextFileSync(${JSON.stringify(file)}));`;
  const times = { check: Infinity, parseOnly: Infinity };
  for (let round = 0; round < 3; round++) {
    times.check = Math.min(times.check, await secondsOf(["run", "-A", "main.ts", "check", file]));
    times.parseOnly = Math.min(times.parseOnly, await secondsOf(["eval", parse]));
  }
  await Deno.remove(folder, { recursive: true });
  return { rules: ruleCount, ...times };
}

if (import.meta.main) {
  const { rules, check, parseOnly } = await benchCheck();
  console.log(`check of ${rules} rules: ${check.toFixed(2)} s, of which parsing YAML ${parseOnly.toFixed(2)} s`);
}
