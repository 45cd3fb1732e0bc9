/** `vigie new sink NAME`: a sink that posts JSON, its tests, its page and its lines in the registries, in a checkout. */
import { UsageError } from "../command.ts";
import { type Draft, nameOf } from "./draft.ts";

/** Where the lines of a new sink go. */
const registry = "sinks/mod.ts";
const index = "docs/sinks/README.md";

/** The sink that passes the shared suite as it stands. Throws a UsageError for a name that is taken, or no checkout. */
export async function newSink(names: readonly string[]): Promise<readonly Draft[]> {
  const name = nameOf("sink", names);
  if (!/^[a-z][a-z0-9]*$/.test(name)) {
    throw new UsageError(`"${name}" cannot name a sink: use small letters and digits, a letter first`);
  }
  const [lines, page] = await Promise.all([registry, index].map(textOf));
  if (lines === undefined || page === undefined) {
    throw new UsageError(
      `A sink is a part of Vigie itself: there is no ${registry} here; run this in a checkout of it`,
    );
  }
  if (new RegExp(`^ {2}${name},$`, "m").test(lines)) throw new UsageError(`There is a sink "${name}" already`);
  return [
    { is: "new", file: `sinks/${name}.ts`, text: sinkText(name) },
    { is: "new", file: `sinks/${name}_test.ts`, text: testText(name) },
    { is: "new", file: `docs/sinks/${name}.md`, text: pageText(name) },
    { is: "changed", file: registry, text: registered(lines, name) },
    { is: "changed", file: index, text: listed(page, name) },
  ];
}

function textOf(file: string): Promise<string | undefined> {
  return Deno.readTextFile(file).catch(() => undefined);
}

/** The registry with the import in its place and the line at the end. */
function registered(lines: string, name: string): string {
  const imports = lines.match(/^import .*$/gm) ?? [];
  const own = `import { ${name} } from "./${name}.ts";`;
  const next = imports.find((line) => moduleOf(line) > `./${name}.ts`);
  const imported = next === undefined ? lines.replace(/\n\n/, `\n${own}\n\n`) : lines.replace(next, `${own}\n${next}`);
  return imported.replace("\n} satisfies", `\n  ${name},\n} satisfies`);
}

function moduleOf(line: string): string {
  return /"([^"]+)"/.exec(line)?.[1] ?? "";
}

const variable = (name: string) => `${name.toUpperCase()}_URL`;
const example = (name: string) => `${name}: { ${name}: { url: "\${env:${variable(name)}}" } }`;

/** The list of sinks with a last row, its cells as wide as those above. */
function listed(page: string, name: string): string {
  const last = /\n\| \[\w+\]\(\w+\.md\)(.*)\n(?!\|)/.exec(page)?.[0] ?? "";
  const widths = last.trim().split("|").slice(1, -1).map((cell) => cell.length - 2);
  const cells = [`[${name}](${name}.md)`, `the ${name} server`, "alerts, records", "arrives again, with the same id"];
  const row = cells.map((cell, i) => ` ${cell.padEnd(widths[i] ?? 0)} `).join("|");
  return page.replace(last, `${last}|${row}|\n`);
}

function sinkText(name: string): string {
  return `/** Alerts and records as JSON, posted to ${name} one by one, in order where they are about the same. */
import { inOrder } from "./batch/order.ts";
import { endpointSchema, openEndpoint } from "./http/endpoint.ts";
import type { SinkKind } from "./sink.ts";

export const ${name}: SinkKind = {
  name: "${name}",
  summary: "Posts alerts and records to ${name}",
  schema: { type: "object", additionalProperties: false, required: ["url"], properties: endpointSchema },
  secondSend: "arrives again, with the same id",
  batchMax: 100,
  create(options, { name }) {
    const endpoint = openEndpoint(options, name, { connections: 10 });
    return {
      open: () => Promise.resolve(),
      deliver: (batch) =>
        inOrder(batch, (item) => endpoint.post({ body: JSON.stringify("alert" in item ? item.alert : item.record) })),
      close: () => Promise.resolve(endpoint.close()),
    };
  },
  example: '${example(name)}',
};
`;
}

function testText(name: string): string {
  return `import { checkingServer } from "./compliance/checking.ts";
import { contentOf, openGate, testContext, testSink } from "./compliance.ts";
import { ${name} } from "./${name}.ts";

const secret = "s3cr3t-of-vigie";

function trial() {
  const server = checkingServer(({ json }) => json === undefined ? "no JSON" : undefined, () => new Response());
  const gate = openGate(server.address);
  return Promise.resolve({
    options: { url: \`http://vigie:\${secret}@\${gate.address}/alerts\` },
    context: testContext(),
    gate,
    secret,
    shown: contentOf,
    received: () => Promise.resolve(server.taken.map(({ json }) => json)),
    remove: () => server.stop(),
  });
}

testSink(${name}, trial, { network: "http" });
`;
}

function pageText(name: string): string {
  return `# ${name}

Posts alerts and records to ${name}, as JSON.

\`\`\`yaml
sinks:
  ${example(name)}
\`\`\`

| option    | meaning                                                                                       |
| --------- | --------------------------------------------------------------------------------------------- |
| \`url\`     | address, such as \`https://host/path\`                                                          |
| \`headers\` | further headers                                                                               |
| \`ca\`      | certificates of the authority in PEM, such as \`\${file:/etc/ca.pem}\`; the system's when absent |
| \`timeout\` | longest wait for a whole answer; 10s by default                                               |

A second send of the same alert arrives again, with the same id.
`;
}
