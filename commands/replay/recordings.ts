/** What `--events` names: recorded streams, opened, with the partitions that their lines carry. */
import { type LineReader, openLines } from "../../engine/adapters/files.ts";
import { partitionsOf } from "../../engine/adapters/recorded_partitions.ts";
import type { Stream } from "../../engine/model/contract.ts";
import { nearest } from "../../engine/model/problem.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import type { Recording } from "../../engine/runtime/replay.ts";
import { EnvironmentError, UsageError } from "../command.ts";

export interface OpenedRecordings {
  readonly recordings: readonly Recording[];
  /** Share of all bytes that were read, from 0 to 1. */
  readonly share: () => number;
  readonly close: () => Promise<void>;
}

/** Files of each stream by name, in the order of the options; a stream given twice goes on with its next file. */
export function filesByStream(
  options: readonly string[],
  streams: ReadonlyMap<string, Stream>,
): ReadonlyMap<Stream, readonly string[]> {
  const files = new Map<Stream, readonly string[]>();
  for (const option of options) {
    const at = option.indexOf("=");
    const [name, file] = [option.slice(0, at), option.slice(at + 1)];
    if (at <= 0 || file === "") {
      throw new UsageError(
        `Option \`--events\` takes STREAM=FILE, such as payments=payments.ndjson, found "${option}"`,
      );
    }
    const stream = streams.get(name);
    if (stream === undefined) throw new UsageError(unknownStream(name, [...streams.keys()]));
    files.set(stream, [...files.get(stream) ?? [], file]);
  }
  return files;
}

function unknownStream(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near === undefined ? `streams are ${known.join(", ")}` : `did you mean "${near}"?`;
  return `Option \`--events\` names stream "${name}", which no contract declares: ${hint}`;
}

/** Opens all files. Throws a UsageError that names one that cannot be opened. */
export async function openRecordings(files: ReadonlyMap<Stream, readonly string[]>): Promise<OpenedRecordings> {
  const readers: LineReader[] = [];
  const recordings: Recording[] = [];
  for (const [stream, paths] of files) {
    const topic = stream.topics[0] ?? stream.name;
    const reader = await opening(() => openLines(paths, topic));
    readers.push(reader);
    const partitions = await opening(() => Promise.all(paths.map((path) => partitionsOf(path, topic))));
    recordings.push({
      stream: stream.name,
      decoder: createDecoder(stream, { live: undefined, recorded: true }),
      read: () => reading(() => reader.read()),
      partitions: partitions.flat(),
    });
  }
  return {
    recordings,
    share: () => shareOf(readers),
    close: async () => void await Promise.all(readers.map((reader) => reader.close())),
  };
}

function shareOf(readers: readonly LineReader[]): number {
  const all = readers.map((reader) => reader.progress());
  const total = all.reduce((sum, one) => sum + one.total, 0);
  return total === 0 ? 0 : all.reduce((sum, one) => sum + one.read, 0) / total;
}

async function opening<T>(what: () => Promise<T>): Promise<T> {
  return await what().catch((error: Error) => {
    throw new UsageError(error.message);
  });
}

async function reading<T>(what: () => Promise<T>): Promise<T> {
  return await what().catch((error: Error) => {
    throw new EnvironmentError(error.message);
  });
}
