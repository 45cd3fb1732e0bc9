/** Runs `vigie record`. */
import { openRanges, rangesOf } from "../../engine/adapters/kafka_range.ts";
import type { OpenedRanges, RangeReader } from "../../engine/adapters/kafka_range.ts";
import { type LineWriter, openLineWriter } from "../../engine/adapters/line_writer.ts";
import type { Stream } from "../../engine/model/contract.ts";
import { loadProject } from "../../engine/load.ts";
import { renderProblems } from "../../engine/load/render.ts";
import { recordedLine } from "../../engine/runtime/decode/place.ts";
import { chosenBrokers, mustExist, ownGroup, withKafka } from "../cli/brokers.ts";
import { wantsColour } from "../cli/colour.ts";
import { soundDeployment } from "../cli/deployment.ts";
import { createProgress } from "../cli/progress.ts";
import { grouped, table } from "../cli/table.ts";
import { timeOption } from "../cli/time.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { merged } from "./merged.ts";
import { type RecordedStream, recordedStreams } from "./streams.ts";

/** A stream on its way to its file. */
interface Recording extends RecordedStream {
  readonly path: string;
  readonly writer: LineWriter;
  readonly readers: readonly RangeReader[];
  records: number;
}

export async function runRecord(given: Given, terminal: Terminal): Promise<ExitCode> {
  const topics = given.positionals;
  if (topics.length === 0) throw new UsageError("Nothing to record: name topics");
  const out = given.text("out");
  if (out === undefined) throw new UsageError("Nowhere to write: name a file or a folder with `--out`");
  const span = { from: timeOption(given, "from"), to: timeOption(given, "to") };
  const config = given.text("config");
  const read = config === undefined ? undefined : await soundDeployment(config, "record", terminal);
  if (config !== undefined && read === undefined) return exit.problem;
  const contracts = given.text("contracts") ?? read?.deployment.contracts ?? "contracts";
  const streams = await contractsIn(contracts, terminal);
  if (streams === undefined) return exit.problem;
  return await withKafka(chosenBrokers(given, "kafka", read?.deployment), async (kafka) => {
    await mustExist(kafka, topics);
    const recorded = recordedStreams(topics, streams);
    const ranges = await rangesOf(kafka, recorded.flatMap((stream) => stream.topics), span);
    const log = (line: string) => terminal.err(`${line}\n`);
    const opened = await openRanges(kafka, ranges, ownGroup("record"), log);
    try {
      await recordAll(recorded, opened, out, terminal);
    } finally {
      await opened.close();
    }
    return exit.good;
  });
}

/** Streams by name; undefined, with the errors shown, where a contract has one. Without contracts there are none. */
async function contractsIn(folder: string, terminal: Terminal): Promise<ReadonlyMap<string, Stream> | undefined> {
  if (!await Deno.stat(folder).then(() => true, () => false)) return new Map();
  const { streams, problems, texts } = await loadProject({ packs: [], contracts: folder });
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return streams;
  terminal.err(renderProblems(errors, texts, { colour: wantsColour(terminal) }));
  return undefined;
}

async function recordAll(
  streams: readonly RecordedStream[],
  opened: OpenedRanges,
  out: string,
  terminal: Terminal,
): Promise<void> {
  const progress = createProgress("records", terminal);
  const recordings = streams.map((stream) => openRecording(stream, opened, pathOf(out, stream.name, streams.length)));
  const show = () => progress.show(opened.share(), recordings.reduce((sum, { records }) => sum + records, 0));
  try {
    await Promise.all(recordings.map((recording) => write(recording, show)));
  } finally {
    for (const { writer } of recordings) writing(() => writer.close());
    progress.end();
  }
  terminal.out(`${describe(recordings)}\n`);
  terminal.err(advice(recordings));
}

function openRecording(stream: RecordedStream, { readers }: OpenedRanges, path: string): Recording {
  const own = readers.filter(({ range }) => stream.topics.includes(range.topic));
  return { ...stream, path, records: 0, readers: own, writer: writing(() => openLineWriter(path)) };
}

/** One stream goes to the file named, or into the folder that stands there; several go into a folder. */
function pathOf(out: string, name: string, count: number): string {
  const isFolder = out.endsWith("/") || isFolderNow(out);
  if (count > 1 && !isFolder && /\.(ndjson|jsonl?)(\.(gz|zst))?$/.test(out)) {
    throw new UsageError(`A file holds one stream, and the topics are of ${count}: name a folder, such as recorded/`);
  }
  return count > 1 || isFolder ? `${out.replace(/\/+$/, "")}/${name}.ndjson` : out;
}

function isFolderNow(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

async function write(recording: Recording, show: () => void): Promise<void> {
  for await (const messages of merged(recording.readers, recording.timeOf)) {
    const lines = messages.map(recordedLine);
    writing(() => lines.forEach((line) => recording.writer.write(line)));
    recording.records += lines.length;
    show();
  }
}

function writing<T>(what: () => T): T {
  try {
    return what();
  } catch (error) {
    throw new EnvironmentError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function describe(recordings: readonly Recording[]): string {
  const rows = recordings.map(({ name, topics, readers, records, path }) =>
    [name, topics.join(", "), readers.length, records, path] as const
  );
  const total = recordings.reduce((sum, { records }) => sum + records, 0);
  return `${table(["stream", "topics", "partitions", "records", "file"], rows)}\n\n${grouped(total)} records`;
}

/** What to do with the files, and what to mind. */
function advice(recordings: readonly Recording[]): string {
  const alone = recordings.filter(({ isDeclared }) => !isDeclared);
  const events = recordings.filter(({ isDeclared }) => isDeclared).map(({ name, path }) => `--events ${name}=${path}`);
  return [
    ...alone.map(({ name }) =>
      `No contract has the topic "${name}": its records stand in the order of their timestamps\n`
    ),
    ...(events.length > 0 ? [`Replay them with: vigie replay ${events.join(" ")} --alerts alerts.ndjson\n`] : []),
  ].join("");
}
