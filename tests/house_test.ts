/**
 * The layout of house.md as a test: imports point one way, siblings do not know each other, a third-party package is
 * imported by one file, and the core knows neither clock nor chance. A failure says which line broke which rule.
 */
import { expect } from "expect";

interface Import {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

/** Rooms from the ground up: a room may import rooms at or below its own level. */
const levels: readonly (readonly [prefix: string, level: number])[] = [
  ["engine/model/", 0],
  ["engine/conditions/", 1],
  ["engine/aggregates/", 1],
  ["engine/windows/", 1],
  ["engine/generate/", 1],
  ["engine/operators/", 2],
  ["engine/kinds/", 3],
  ["engine/load", 4],
  ["engine/compile", 4],
  ["engine/config/", 4],
  ["engine/privacy/", 4],
  ["engine/routing/", 5],
  ["engine/runtime/", 5],
  ["engine/adapters/", 6],
  ["rules/", 6],
  ["sinks/", 6],
  ["commands/", 7],
  ["console/", 7],
  ["main.ts", 8],
];

/** Rooms whose files, apart from those named, are variants of one thing and never import each other. */
const registries: Record<string, readonly string[]> = {
  "engine/kinds/": ["kind.ts", "mod.ts"],
  "engine/aggregates/": ["aggregate.ts", "mod.ts", "exact_sum.ts"],
  "engine/windows/": ["window.ts", "mod.ts"],
  "engine/generate/streams/": [],
  "sinks/": ["sink.ts", "mod.ts", "compliance.ts"],
};

/** Kinds are compiled with what operators share, and name the interfaces of `kind.ts` as types only. */
const interfaces = new Set(["engine/kinds/kind.ts", "sinks/sink.ts", "engine/runtime/ports.ts"]);

async function sources(folder = "."): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory && !/^(\.|node_modules$|out$)/.test(entry.name)) found.push(...await sources(path));
    if (entry.isFile && entry.name.endsWith(".ts")) found.push(path);
  }
  return found.sort();
}

function importsOf(file: string, text: string): Import[] {
  const imports: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\b[^;]*?from\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm)) {
    const line = text.slice(0, match.index).split("\n").length;
    imports.push({ file, line, target: match[1] ?? match[2] ?? "" });
  }
  return imports;
}

function resolve(file: string, target: string): string {
  return new URL(target, `file:///${file}`).pathname.slice(1);
}

function levelOf(file: string): number | undefined {
  return levels.find(([prefix]) => file.startsWith(prefix))?.[1];
}

/** Tests, and the suites that tests of one seam share. */
const isTest = (file: string) => /_test\.ts$|^(tests|bench)\/|\/compliance(\.ts$|\/)/.test(file);
const files = await sources();
const texts = new Map(await Promise.all(files.map(async (file) => [file, await Deno.readTextFile(file)] as const)));
/** The code of a file without its comments, lines kept. */
const codeOf = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).replace(/(^|\s)\/\/.*$/gm, "");
const imports = [...texts].flatMap(([file, text]) => importsOf(file, text));

Deno.test("imports point one way: model, conditions, kinds, load, runtime, commands, main", () => {
  const broken = imports.filter(({ file, target }) => {
    if (isTest(file) || !target.startsWith(".")) return false;
    const to = resolve(file, target);
    const [from, above] = [levelOf(file), levelOf(to)];
    return from !== undefined && above !== undefined && above > from && !interfaces.has(to);
  });
  expect(broken).toEqual([]);
});

Deno.test("sinks see nothing of the engine but its model", () => {
  const broken = imports.filter(({ file, target }) =>
    file.startsWith("sinks/") && !isTest(file) && target.startsWith(".") &&
    !/^(sinks|engine\/model|engine\/adapters)\//.test(resolve(file, target))
  );
  expect(broken).toEqual([]);
});

Deno.test("siblings of a registry never import each other", () => {
  const broken = imports.filter(({ file, target }) => {
    if (isTest(file) || !target.startsWith(".")) return false;
    const to = resolve(file, target);
    return Object.entries(registries).some(([room, shared]) =>
      file.startsWith(room) && to.startsWith(room) && !to.slice(room.length).includes("/") &&
      !shared.includes(file.slice(room.length)) && !shared.includes(to.slice(room.length))
    );
  });
  expect(broken).toEqual([]);
});

Deno.test("a third-party package is imported by one file", () => {
  const users = new Map<string, Set<string>>();
  for (const { file, target } of imports) {
    if (isTest(file) || target.startsWith(".") || target.startsWith("node:")) continue;
    const name = target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : target.split("/")[0] ?? target;
    users.set(name, (users.get(name) ?? new Set()).add(file));
  }
  expect([...users].filter(([, by]) => by.size > 1).map(([name, by]) => [name, [...by]])).toEqual([]);
});

Deno.test("the core takes time as an argument: no clock, chance or timer outside the adapters", () => {
  const broken = [...texts].flatMap(([file, text]) =>
    !file.startsWith("engine/") || file.startsWith("engine/adapters/") || isTest(file)
      ? []
      : [...text.matchAll(/\b(Date\.now|Math\.random|setTimeout|setInterval|new Date\(\)|performance\.now)/g)]
        .map((match) => `${file}:${text.slice(0, match.index).split("\n").length} ${match[0]}`)
  );
  expect(broken).toEqual([]);
});

Deno.test("no default exports, no escapes from the type system outside adapters and load", () => {
  const broken = [...texts].flatMap(([file, text]) => {
    if (isTest(file)) return [];
    const casts = /^engine\/(adapters|load)|^engine\/load\.ts/.test(file)
      ? /export default|: any\b|@ts-(ignore|expect-error)/g
      : /export default|: any\b|\bas (?!const\b)[A-Z{(][\w<>{}[\]| ]*[;),\]}]|@ts-(ignore|expect-error)/g;
    return [...codeOf(text).matchAll(casts)].map((match) =>
      `${file}:${text.slice(0, match.index).split("\n").length} ${match[0]}`
    );
  });
  expect(broken).toEqual([]);
});

Deno.test("every file begins by saying what it is for", () => {
  const silent = [...texts].filter(([file, text]) => !isTest(file) && !/^(#!.*\n)?\/\*\*/.test(text)).map(([file]) =>
    file
  );
  expect(silent).toEqual([]);
});
