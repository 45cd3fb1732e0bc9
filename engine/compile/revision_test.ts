/** Which edits give a rule another revision: those that change what it means, and no others. */
import { expect } from "expect";
import { buildProject } from "../project.ts";

const pack = `pack: p
params:
  most: { type: number, default: 100, min: 1, max: 1000, description: Most that is usual. }
lists:
  risky: [KP, IR]
lookups:
  profile: { redis_hash: "profile:{payment.customer_id}", fields: { home: string }, cache: 1m }
conditions:
  large: payment.amount > params.most
rules:
  - id: r
    title: A rule
    kind: filter
    on: payments
    when: { all: [{ condition: large }, payment.billing_country in lists.risky && lookup.profile.home == "FR"] }
    severity: high
    message: "{payment.amount}"
    sinks: [out]
`;

async function revision(text: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/p.yaml`, text);
  const { plan, problems } = await buildProject({ packs: [folder], contracts: "contracts" });
  await Deno.remove(folder, { recursive: true });
  const [rule] = plan?.rules ?? [];
  if (rule === undefined) throw new Error(problems.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return rule.revision;
}

const edits: readonly (readonly [says: string, from: string, to: string])[] = [
  ["a parameter", "default: 100", "default: 200"],
  ["a list", "[KP, IR]", "[KP]"],
  ["the key of a lookup", "profile:{", "customer:{"],
  ["how long a row is served from memory", "cache: 1m", "cache: 2m"],
  ["a condition of the pack", "payment.amount > params", "payment.amount >= params"],
  ["its own condition", '== "FR"', '== "DE"'],
  ["severity", "severity: high", "severity: critical"],
  ["sinks", "[out]", "[elsewhere]"],
];

for (const [says, from, to] of edits) {
  Deno.test(`another revision after an edit of ${says}`, async () => {
    expect(pack).toContain(from);
    expect(await revision(pack.replace(from, to))).not.toBe(await revision(pack));
  });
}

for (
  const [says, from, to] of [
    ["the title", "A rule", "One rule"],
    ["the message", "{payment.amount}", "{payment.amount} paid"],
    ["the spelling of an expression", "payment.amount > params.most", "(payment.amount)  >  params.most"],
  ] as const
) {
  Deno.test(`the same revision after an edit of ${says}`, async () => {
    expect(pack).toContain(from);
    expect(await revision(pack.replace(from, to))).toBe(await revision(pack));
  });
}
