/**
 * Lines as a source: recorded files, and standard input. A file is one partition whose lines may name others; it ends,
 * and with the last of them the run does. Standard input is live: it ends when whoever writes it does.
 */
import { partitionName, type Source, SourceError, type SourceReader } from "../runtime/source.ts";
import type { LineReader } from "./files.ts";

export interface LineInput {
  readonly stream: string;
  /** What the messages say they came from. */
  readonly topic: string;
  readonly open: () => Promise<LineReader>;
  /** Partitions that the lines name. */
  readonly names: () => Promise<readonly { readonly topic: string; readonly partition: number }[]>;
  /** Whether more is known to come until the end: a file, other than a pipe. */
  readonly isFile: boolean;
}

/** Lines before the position of a checkpoint are passed over. */
export function lineSource(inputs: readonly LineInput[], position: (topic: string) => number | undefined): Source {
  const taps = new Map(inputs.map((input) => [partitionName({ topic: input.topic, partition: 0 }), new Tap()]));
  const tapOf = (of: { topic: string; partition: number }) => taps.get(partitionName(of));
  const readers: LineReader[] = [];
  return {
    open: () =>
      Promise.all(inputs.map(async (input) => {
        const start = position(input.topic) ?? 0;
        const names = await input.names().catch(unreadable);
        const end = input.isFile ? Infinity : start;
        return { stream: input.stream, topic: input.topic, partition: 0, start, end, ...(names[0] ? { names } : {}) };
      })),
    async start(reader) {
      for (const input of inputs) {
        const lines = await input.open().catch(unreadable);
        readers.push(lines);
        void pump(input, lines, reader, position(input.topic) ?? 0, tapOf({ topic: input.topic, partition: 0 }));
      }
    },
    pause: (partition) => tapOf(partition)?.shut(),
    resume: (partition) => tapOf(partition)?.open(),
    ends: (partitions) => Promise.resolve(new Map(partitions.map((of) => [partitionName(of), 0]))),
    commit: () => Promise.resolve(),
    async close() {
      for (const tap of taps.values()) tap.open();
      for (const lines of readers) await lines.close().catch(() => {});
    },
  };
}

async function pump(input: LineInput, lines: LineReader, reader: SourceReader, from: number, tap?: Tap): Promise<void> {
  const partition = { stream: input.stream, topic: input.topic, partition: 0 };
  try {
    for (;;) {
      await tap?.passable();
      const read = await lines.read();
      if (read === undefined) return reader.ended(partition);
      const messages = read.filter(({ offset }) => offset >= from);
      const next = (read.at(-1)?.offset ?? from) + 1;
      reader.batch(partition, { messages, next, end: input.isFile ? Infinity : next });
    }
  } catch (error) {
    reader.failed(errorOf(error));
  }
}

/** A file that cannot be read now will not be there later: the operator named it. */
function errorOf(error: unknown): SourceError {
  return new SourceError(error instanceof Error ? error.message : String(error), "final", { cause: error });
}

function unreadable(error: unknown): never {
  throw errorOf(error);
}

/** Lets the reader through, or has it wait. */
class Tap {
  private isShut = false;
  private waiting: (() => void)[] = [];

  shut(): void {
    this.isShut = true;
  }

  open(): void {
    this.isShut = false;
    for (const go of this.waiting.splice(0)) go();
  }

  async passable(): Promise<void> {
    while (this.isShut) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
