/** Pages of what stands in YAML: rules, packs, tests, streams, the deployment file. Tables come from their schemas. */
import { deploymentSchema } from "../../engine/config/schema.ts";
import { editorSchemas } from "../../engine/load/editor_schemas.ts";
import { ofEveryRule } from "../../engine/load/rule_schema.ts";
import type { SinkKind } from "../../sinks/sink.ts";
import { sinkKinds } from "../../sinks/mod.ts";
import { fenced, type Page, propertyRows, schemaProperties, table } from "./page.ts";

const head = ["property", "is", "means"] as const;

/** One page a kind of file, and one a sink. */
export function filePages(): Page[] {
  const sinks = Object.values<SinkKind>(sinkKinds);
  return [
    {
      path: "files/rule.md",
      title: "A rule",
      summary: ruleSummary,
      body: table(head, propertyRows(ofEveryRule, ["id", "kind"])),
    },
    filePage("pack", "A pack: `rules/<domain>/<pack>.yaml`", editorSchemas["rule_pack.schema.json"]()),
    filePage("test", "Tests of a pack: `<pack>.test.yaml`", editorSchemas["test_file.schema.json"]()),
    filePage("stream", "A stream: `contracts/streams/<stream>.yaml`", editorSchemas["stream.schema.json"]()),
    filePage("deployment", "The deployment file: `vigie.yaml`", deploymentSchema(new Map())),
    ...sinks.map(sinkPage),
  ];
}

const ruleSummary =
  "What every rule may say, whatever its kind. Each kind adds properties of its own, and may refuse some of these.";

function filePage(name: string, title: string, schema: Readonly<Record<string, unknown>>): Page {
  const { properties, required } = schemaProperties(schema);
  const summary = `Unknown keys are refused. Editors complete it from the schema that \`vigie schema ${name}\` prints.`;
  return { path: `files/${name}.md`, title, summary, body: table(head, propertyRows(properties, required)) };
}

function sinkPage(kind: SinkKind): Page {
  const { properties, required } = schemaProperties(kind.schema);
  return {
    path: `sinks/${kind.name}.md`,
    title: `sink: ${kind.name}`,
    summary: kind.summary,
    body: [
      ...table(head, propertyRows(properties, required)),
      `**A second send.** ${kind.secondSend}`,
      "",
      `At most ${kind.batchMax.toLocaleString("en")} deliveries go out in one batch.`,
      "",
      "## Example",
      "",
      ...fenced("yaml", `# part\n${kind.example}`),
    ],
  };
}
