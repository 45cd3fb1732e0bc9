/** What a run reads: its source, and a feed for every partition of it. */
import type { Input } from "../clock.ts";
import type { LaneOptions } from "../lane.ts";
import type { Decoded, RawMessage } from "../ports.ts";
import { type OpenedPartition, partitionName, type Source, type SourceReader } from "../source.ts";
import { Feed } from "./feed.ts";
import { holdBack } from "./holding.ts";
import { readPassed } from "../many/passed.ts";
import { refusedOf } from "./leaving.ts";
import type { Run } from "./run.ts";

/** Opens a source where the partitions stand; one that was open is closed first. Feeds that are read on stay. */
export async function openSource(run: Run): Promise<void> {
  await run.source?.close();
  run.isReading = false;
  const source = run.options.source(run.setup.plan, (topic, partition) => {
    const name = partitionName({ topic, partition });
    return feedOf(run, name)?.reading ?? run.positions.get(name);
  });
  run.source = source;
  const opened = await run.insist("The source", () => source.open());
  for (const partition of opened ?? []) {
    const feed = feedOf(run, partitionName(partition));
    if (feed === undefined) addFeed(run, partition);
    else if (partition.start < feed.reading) feed.goOnAt(partition.start);
  }
  if (opened === undefined) return;
  await run.insist("The source", () => source.start(readerOf(run, source)));
  for (const feed of run.feeds) if (feed.isHeld) source.pause(feed.partition);
  run.isReading = true;
}

function feedOf(run: Run, name: string): Feed | undefined {
  return run.feeds.find(({ partition }) => partitionName(partition) === name);
}

/** Takes up a partition. */
function addFeed(run: Run, opened: OpenedPartition): void {
  const { drain, time } = run.options;
  const inputs = new Map<string, Input>();
  const feed: Feed = new Feed(opened, laneOptions(run, opened, inputs, () => feed), drain, time.monotonic());
  // A source that moves on behind a checkpoint could not read what lies between.
  feed.counts.lost = Math.max(0, opened.start - (run.positions.get(partitionName(opened)) ?? opened.start));
  run.feeds.push(feed);
  openInputs(run, feed, inputs);
}

/** Reads a feed on under the present plan. */
export function replanFeed(run: Run, feed: Feed): void {
  const inputs = new Map<string, Input>();
  feed.replan(laneOptions(run, feed.opened, inputs, () => feed));
  openInputs(run, feed, inputs);
}

function openInputs(run: Run, feed: Feed, inputs: Map<string, Input>): void {
  const { opened } = feed;
  for (const named of opened.names ?? [opened]) {
    const input = run.task.open(named.stream ?? opened.stream, named.topic, named.partition);
    // What came while nobody was reading: an input that has events waiting holds its clocks.
    if (input.state !== "active" && feed.isBehind && opened.isPassed !== true) run.task.setState(input, "active");
    inputs.set(partitionName(named), input);
    feed.inputs.add(input);
  }
}

function laneOptions(run: Run, opened: OpenedPartition, inputs: Map<string, Input>, feed: () => Feed): LaneOptions {
  if (opened.isPassed === true) return passedOptions(opened, inputs, feed);
  const stream = run.setup.plan.streams.get(opened.stream);
  if (stream === undefined) throw new Error(`The plan has no stream "${opened.stream}"`);
  return {
    stream: opened.stream,
    decoder: run.setup.decoderOf(stream),
    inputOf: (topic, partition) => {
      const name = partitionName({ topic, partition });
      let input = inputs.get(name);
      if (input === undefined) {
        input = run.task.open(opened.stream, topic, partition);
        inputs.set(name, input);
        feed().inputs.add(input);
      }
      return input;
    },
    dead: (message, decoded) => dead(run, feed(), message, decoded),
  };
}

/** What was passed on needs no decoding; what is no such record is counted, and nothing else can be done with it. */
function passedOptions({ stream }: OpenedPartition, inputs: Map<string, Input>, feed: () => Feed): LaneOptions {
  const inputOf = (topic: string, partition: number): Input | undefined =>
    inputs.get(partitionName({ topic, partition }));
  return {
    stream,
    read(message) {
      const passed = readPassed(message);
      const input = passed === undefined ? undefined : inputOf(passed.source.topic, passed.source.partition);
      if (passed === undefined || input === undefined) {
        feed().counts.skipped++;
        return undefined;
      }
      const { source, next } = passed;
      const nothing = { place: { ...source, offset: next, time: 0 }, data: {}, change: undefined };
      return { input, message, passed, ...(passed.event ?? nothing) };
    },
  };
}

function dead({ outbox, setup, counts, options }: Run, feed: Feed, message: RawMessage, decoded: Decoded): void {
  if (decoded.outcome === "skipped") {
    feed.counts.skipped++;
    return;
  }
  const refused = refusedOf(setup, feed.partition.stream, message, decoded.reason, null);
  feed.refuse(message.offset, () => {
    feed.counts.dead++;
    // What is no event has no event time: when it was written must do.
    if ((message.timestamp ?? Infinity) < (options.quietBefore?.() ?? -Infinity)) counts.quiet++;
    else outbox.add({ refused }, setup.ways.dead, false);
  });
}

/** Hands what a source says to the feeds of a run, as long as it is the run's source. */
function readerOf(run: Run, source: Source): SourceReader {
  const isCurrent = () => run.source === source;
  return {
    batch(partition, batch) {
      const feed = isCurrent() ? feedOf(run, partitionName(partition)) : undefined;
      feed?.add(batch);
      if (feed !== undefined) holdBack(run, feed);
      run.bell.ring();
    },
    added(opened) {
      if (!isCurrent() || run.options.drain || feedOf(run, partitionName(opened)) !== undefined) return;
      addFeed(run, opened);
      run.bell.ring();
    },
    moved(partition, next) {
      const feed = isCurrent() ? feedOf(run, partitionName(partition)) : undefined;
      feed?.goOnAt(next);
      run.bell.ring();
    },
    ended(partition) {
      const feed = feedOf(run, partitionName(partition));
      if (feed !== undefined) feed.hasEnded = true;
      run.bell.ring();
    },
    failed: (error) => run.finish({ why: "failed", error }),
  };
}
