import { expect } from "expect";
import fc from "fast-check";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { blocksOf, linesOf, openLines } from "./files.ts";
import { openLineWriter } from "./line_writer.ts";
import { partitionsOf } from "./recorded_partitions.ts";

const encoder = new TextEncoder();

/** Runs a test with a folder of its own, removed afterwards. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Line number and text of every message of files. All are kept until the end: no view may be overwritten. */
async function linesIn(...paths: string[]) {
  const reader = await openLines(paths, "payments");
  const messages = [];
  for (let batch = await reader.read(); batch !== undefined; batch = await reader.read()) messages.push(...batch);
  const { read, total } = reader.progress();
  expect(read).toBe(total);
  return messages.map((
    { offset, value },
  ) => [offset, new TextDecoder("utf-8", { ignoreBOM: true }).decode(value ?? undefined)]);
}

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function linesOfText(text: string, size = 1_000) {
  const reader = linesOf(chunked(encoder.encode(text), size), "payments");
  const messages = [];
  for (let batch = await reader.read(); batch !== undefined; batch = await reader.read()) messages.push(...batch);
  return messages.map(({ offset, value }) => [offset, new TextDecoder().decode(value ?? undefined)]);
}

for (
  const [name, text, lines] of [
    ["lines are numbered from 0", "a\nb\n", [[0, "a"], [1, "b"]]],
    ["the last line needs no newline", "a\nb", [[0, "a"], [1, "b"]]],
    ["a blank line is no event, yet it has a number", "a\n\n \t\nb\n", [[0, "a"], [3, "b"]]],
    ["CRLF ends a line too", "a\r\n\r\nb\r\n", [[0, "a"], [2, "b"]]],
    ["a carriage return inside a line stays", "a\rb\n", [[0, "a\rb"]]],
    ["a byte order mark is dropped", "\ufeffa\nb\n", [[0, "a"], [1, "b"]]],
    ["text beyond ASCII is kept", "é\n日本\n", [[0, "é"], [1, "日本"]]],
    ["an empty file has no lines", "", []],
    ["a file of blank lines has none either", "\n\n\r\n", []],
  ] as const
) {
  Deno.test(`lines: ${name}, however the bytes are cut`, async () => {
    for (const size of [1, 2, 3, 1_000]) expect(await linesOfText(text, size)).toEqual(lines);
  });
}

Deno.test("lines of any bytes are those that splitting the whole text gives", async () => {
  const line = fc.string({ unit: fc.constantFrom("a", "é", " ", "\t", '"', "{", "\r"), maxLength: 6 });
  const texts = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));
  await fc.assert(fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, size) => {
    const naive = text.split("\n").map((line, offset) => [offset, line.replace(/\r$/, "")] as const)
      .filter(([, line]) => line.trim() !== "");
    expect(await linesOfText(text, size)).toEqual(naive);
  }));
});

Deno.test("messages say the topic, partition 0, no key and no timestamp", async () => {
  const reader = linesOf(chunked(encoder.encode("{}\n"), 9), "payments");
  const [message] = await reader.read() ?? [];
  expect(message).toMatchObject({ topic: "payments", partition: 0, offset: 0, key: null });
  expect(message?.timestamp).toBeUndefined();
  expect(await reader.read()).toBeUndefined();
  expect(reader.progress()).toEqual({ read: 3, total: 0 });
});

Deno.test("blocks end behind a newline and hold a long line whole", async () => {
  const text = `${"x".repeat(50)}\nab\ncd`;
  const blocks = [];
  for await (const block of blocksOf(chunked(encoder.encode(text), 10))) blocks.push(new TextDecoder().decode(block));
  expect(blocks).toEqual([`${"x".repeat(50)}\nab\n`, "cd"]);
});

/** Enough lines for several blocks, none like another, so that a view into reused memory would show. */
const many = Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ i, text: `é${(i * 7919) % 10_007}`.repeat(5) }));
const manyLines = many.map((line, i) => [i, line]);

for (const extension of ["", ".gz", ".zst"]) {
  const name = `events.ndjson${extension}`;

  Deno.test(`${name}: what the writer writes the reader reads`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/out/${name}`;
      const writer = openLineWriter(path);
      for (const line of many) writer.write(line);
      writer.close();
      writer.close();
      expect(await linesIn(path)).toEqual(manyLines);
    }));

  Deno.test(`${name}: the same lines give the same bytes`, () =>
    inFolder(async (folder) => {
      const bytes = [];
      for (const run of ["a", "b"]) {
        const writer = openLineWriter(`${folder}/${run}-${name}`);
        for (const line of many) writer.write(line);
        writer.close();
        bytes.push(await Deno.readFile(`${folder}/${run}-${name}`));
      }
      expect(bytes[0]).toEqual(bytes[1]);
    }));
}

Deno.test("what was flushed is in the file before the writer is closed, and no line makes no byte", () =>
  inFolder(async (folder) => {
    const writer = openLineWriter(`${folder}/a`);
    writer.flush();
    expect((await Deno.stat(`${folder}/a`)).size).toBe(0);
    writer.write("é");
    writer.flush();
    expect(await Deno.readTextFile(`${folder}/a`)).toBe("é\n");
    writer.close();
  }));

for (const [extension, compress] of [[".gz", gzipSync], [".zst", zstdCompressSync]] as const) {
  Deno.test(`${extension}: one member or frame, several, and several in one chunk are read whole`, () =>
    inFolder(async (folder) => {
      const half = many.length / 2;
      const parts = [many.slice(0, half), many.slice(half)].map((lines) => encoder.encode(`${lines.join("\n")}\n`));
      const [first, second] = parts.map((part) => compress(part));
      const whole = compress(encoder.encode(`${many.join("\n")}\n`));
      await Deno.writeFile(`${folder}/whole${extension}`, whole);
      await Deno.writeFile(`${folder}/parts${extension}`, new Uint8Array([...first ?? [], ...second ?? []]));
      expect(await linesIn(`${folder}/whole${extension}`)).toEqual(manyLines);
      expect(await linesIn(`${folder}/parts${extension}`)).toEqual(manyLines);
    }));

  Deno.test(`${extension}: a file that was cut off or damaged is an error that names it, never a quiet end`, () =>
    inFolder(async (folder) => {
      const whole = compress(encoder.encode(many.join("\n")));
      const cut = `${folder}/cut${extension}`;
      await Deno.writeFile(cut, whole.subarray(0, whole.length - 40));
      await expect(linesIn(cut)).rejects.toThrow(`Cannot read "${cut}"`);
      const plain = `${folder}/plain${extension}`;
      await Deno.writeTextFile(plain, "this was never compressed\n");
      await expect(linesIn(plain)).rejects.toThrow(`Cannot read "${plain}"`);
    }));
}

Deno.test("several files of a stream are read one after another, and their line numbers go on", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "x\n\ny");
    await Deno.writeTextFile(`${folder}/b`, "");
    await Deno.writeTextFile(`${folder}/c`, "\ufeffz\n");
    expect(await linesIn(`${folder}/a`, `${folder}/b`, `${folder}/c`)).toEqual([[0, "x"], [2, "y"], [3, "z"]]);
  }));

Deno.test("a file that is not there, or is a folder, is named", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "x\n");
    await expect(openLines([`${folder}/a`, `${folder}/b`], "t")).rejects.toThrow(
      `Cannot read "${folder}/b": the file does not exist`,
    );
    await expect(openLines([folder], "t")).rejects.toThrow(`Cannot read "${folder}": it is a directory`);
    expect(() => openLineWriter(folder)).toThrow(`Cannot write "${folder}"`);
  }));

Deno.test("a reader that is closed early gives up its files", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, many.join("\n"));
    const reader = await openLines([`${folder}/a`], "t");
    await reader.read();
    await reader.close();
    await reader.close();
  }));

async function partitionsIn(folder: string, lines: readonly string[]) {
  await Deno.writeTextFile(`${folder}/events`, lines.join("\n"));
  return await partitionsOf(`${folder}/events`, "payments");
}

Deno.test("partitions are found wherever a line names one, in the order of their first lines", () =>
  inFolder(async (folder) => {
    const lines = ['{"a":1}', '{"_partition":2,"a":1}', "", '{"a":1,"_partition" : 0 }\r', '{"_partition":2}'];
    expect(await partitionsIn(folder, lines)).toEqual([
      { topic: "payments", partition: 2 },
      { topic: "payments", partition: 0 },
    ]);
    expect(await partitionsIn(folder, ['{"a":1}'])).toEqual([]);
  }));

Deno.test("partitions of different topics are different", () =>
  inFolder(async (folder) => {
    const lines = ['{"_topic":"a","_partition":0}', '{"_partition":0,"_topic":"b"}', '{"_partition":0}'];
    expect(await partitionsIn(folder, lines)).toEqual([
      { topic: "a", partition: 0 },
      { topic: "b", partition: 0 },
      { topic: "payments", partition: 0 },
    ]);
  }));

Deno.test("what only looks like a partition holds no watermark", () =>
  inFolder(async (folder) => {
    const lines = [
      '{"nested":{"_partition":7}}',
      '{"text":"\\"_partition\\":8"}',
      '{"_partition":-1}',
      '{"_partition":"3"}',
      '{"_partition":9',
      '{"nested":{"_partition":7},"_partition":1}',
      '{"_partition":5,"_partition":6}',
    ];
    expect((await partitionsIn(folder, lines)).map(({ partition }) => partition)).toEqual([1, 6]);
  }));

Deno.test("partitions are those that parsing every line finds", () =>
  inFolder(async (folder) => {
    const lines = Array.from({ length: 3_000 }, (_, i) => {
      const place = i % 3 === 0 ? { _topic: `t${i % 4}`, _partition: i % 5 } : { _partition: i % 7 };
      return JSON.stringify(i % 2 === 0 ? { ...place, x: "é".repeat(200) } : { x: { _partition: 99 }, ...place });
    });
    const naive = new Set(lines.map((line) => {
      const { _topic = "payments", _partition } = JSON.parse(line);
      return `${_topic}/${_partition}`;
    }));
    const found = await partitionsIn(folder, lines);
    expect(found.map(({ topic, partition }) => `${topic}/${partition}`)).toEqual([...naive]);
  }));
