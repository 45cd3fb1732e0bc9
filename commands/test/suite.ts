/** Runs every test of a project. A pack is compiled once, alone, as its tests see it. */
import { compileProject } from "../../engine/compile.ts";
import { monotonic } from "../../engine/adapters/clock.ts";
import type { Stream } from "../../engine/model/contract.ts";
import type { Pack } from "../../engine/model/pack.ts";
import type { TestFile } from "../../engine/model/test_file.ts";
import type { Project } from "../../engine/project.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import { runTest, type TestResult } from "../../engine/runtime/pack_tests.ts";
import type { Decoder } from "../../engine/runtime/ports.ts";

export interface SuiteResult {
  readonly tests: readonly TestResult[];
  /** Packs that nothing tests: a misspelt test file would otherwise pass unnoticed. */
  readonly untested: readonly Pack[];
}

/** Runs the tests of a project that has no errors. */
export function runSuite({ packs, streams, tests }: Project): SuiteResult {
  const decoderOf = decodersOf();
  const results = packs.flatMap((pack) => {
    const files = tests.filter((file) => file.pack === pack.name);
    const { plan } = compileProject({ packs: [pack], streams });
    if (plan === undefined) throw new Error(`pack ${pack.name} compiles with others and not alone`);
    return files.flatMap((file) =>
      file.tests.map((test): TestResult => {
        const begin = monotonic();
        const result = runTest(plan, file, test, decoderOf);
        return { file: file.file, test, ...result, millis: monotonic() - begin };
      })
    );
  });
  return { tests: results, untested: packs.filter((pack) => !isTested(pack, tests)) };
}

function isTested(pack: Pack, tests: readonly TestFile[]): boolean {
  return tests.some((file) => file.pack === pack.name);
}

/** Decoders are made once for a stream: making one compiles the schema. */
function decodersOf(): (stream: Stream) => Decoder {
  const decoders = new Map<Stream, Decoder>();
  return (stream) => {
    const decoder = decoders.get(stream) ?? createDecoder(stream, { live: undefined, recorded: false });
    decoders.set(stream, decoder);
    return decoder;
  };
}
