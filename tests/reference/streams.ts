/** Two small streams for the property tests: few fields, each of a kind, all but the time absent or null at will. */
import { buildStream } from "../../engine/load/contracts.ts";
import type { Stream } from "../../engine/model/contract.ts";

/** Disorder tolerated, in milliseconds. */
export const lateness = { a: 5_000, b: 2_000 } as const;
export type StreamName = keyof typeof lateness;

const schema = {
  type: "object",
  properties: {
    t: { type: "integer" },
    k: { type: ["string", "null"] },
    x: { type: ["number", "null"] },
    f: { type: ["boolean", "null"] },
    s: { type: ["string", "null"] },
    tags: { type: ["array", "null"], items: { type: "string" } },
  },
  required: ["t"],
};

function stream(name: StreamName): Stream {
  const yaml = { stream: name, alias: name, time: "t", time_unit: "ms", lateness: `${lateness[name] / 1_000}s` };
  const input = { name, yaml, file: `${name}.yaml`, schema, schemaFile: `${name}.schema.json` };
  const built = buildStream(input, (_kind, site, facts) => {
    throw new Error(`${site.file}: ${JSON.stringify(facts)}`);
  });
  if (built === undefined) throw new Error(`the contract of ${name} must be sound`);
  return built;
}

export const streams: ReadonlyMap<string, Stream> = new Map([["a", stream("a")], ["b", stream("b")]]);
