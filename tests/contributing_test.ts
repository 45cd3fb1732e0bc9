/** The worked example of CONTRIBUTING: each toy is one new file and one line, and the pack that uses all of them runs. */
import { join } from "node:path";
import { expect } from "expect";

const toys = [
  { name: "range", room: "engine/aggregates" },
  { name: "weekly", room: "engine/windows" },
  { name: "milestone", room: "engine/kinds" },
] as const;

const page = await Deno.readTextFile("CONTRIBUTING.md");

/** The block that holds a text. */
function blockWith(language: string, text: string): string {
  const blocks = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, block]) =>
    block ?? ""
  );
  const found = blocks.find((block) => block.includes(text));
  if (found === undefined) throw new Error(`CONTRIBUTING.md has no ${language} block with "${text}"`);
  return found;
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

/** Adds a toy as a contributor would: its file, its import and its one line in the registry. */
async function add(root: string, { name, room }: (typeof toys)[number]): Promise<void> {
  await Deno.writeTextFile(join(root, room, `${name}.ts`), blockWith("ts", `export const ${name}:`));
  const registry = join(root, room, "mod.ts");
  const text = await Deno.readTextFile(registry);
  const added = text.replace("\nimport ", `\nimport { ${name} } from "./${name}.ts";\nimport `)
    .replace(/\n?\s*\} satisfies Record/, (end) => `${end.startsWith("\n") ? `\n  ${name},` : `, ${name}`}${end}`);
  await Deno.writeTextFile(registry, added);
}

async function vigie(root: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "main.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return `${said.trim()}\nexit ${code}`;
}

Deno.test("an aggregate, a window and a kind are each one new file and one line", async () => {
  const root = await Deno.makeTempDir({ prefix: "vigie-toys-" });
  try {
    for (const folder of ["engine", "sinks", "commands", "contracts"]) await copyTree(folder, join(root, folder));
    for (const file of ["deno.json", "deno.lock", "main.ts"]) await Deno.copyFile(file, join(root, file));
    for (const toy of toys) await add(root, toy);
    await Deno.mkdir(join(root, "rules"));
    await Deno.writeTextFile(join(root, "rules/toys.yaml"), blockWith("yaml", "pack: toys"));
    await Deno.writeTextFile(join(root, "rules/toys.test.yaml"), tests);
    expect(await vigie(root, "test", "rules")).toBe("3 passed, 0 failed\nexit 0");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** 5 January 2026 is a Monday. */
const tests = `pack: toys
start: 2026-01-05T00:00:00Z
defaults:
  payments:
    payment_id: p1
    order_id: o1
    customer_id: c1
    session_id: s1
    amount: 20
    currency: EUR
    status: succeeded
    method: card
    provider: stripe
    risk_score: 5
    is_flagged: false
    billing_country: FR
    ip: 192.0.2.1
    ip_country: FR
tests:
  - name: amounts a thousand and one apart within a week
    given:
      - { at: 0s, payments: { amount: 1 } }
      - { at: 6d, payments: { amount: 1002 } }
      - { at: 7d, advance: true }
    expect: [{ at: 7d, rule: wild-week, values: { spread: 1001 } }]
  - name: the same amounts on both sides of a Monday
    given:
      - { at: 6d, payments: { amount: 1 } }
      - { at: 7d, payments: { amount: 1002 } }
      - { at: 14d, advance: true }
    expect: []
  - name: the tenth and the twentieth payment
    given: [{ at: 0s, payments: {}, repeat: 20, every: 1s }]
    expect:
      - { at: 9s, rule: tenth-payment, values: { count: 10 } }
      - { at: 19s, rule: tenth-payment, values: { count: 20 } }
`;
