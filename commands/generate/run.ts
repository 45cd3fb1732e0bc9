/** Runs `vigie generate`: makes events step by step, lets them arrive, and writes them with their labels. */
import { monotonic, now, sleep } from "../../engine/adapters/clock.ts";
import { type LineWriter, openLineWriter } from "../../engine/adapters/line_writer.ts";
import { createArrival } from "../../engine/generate/arrival.ts";
import { createGenerator, type GeneratedEvent, type Label } from "../../engine/generate/mod.ts";
import type { Millis } from "../../engine/model/time.ts";
import { exit, type ExitCode, type Given, type Terminal } from "../command.ts";
import { listStreams } from "./list.ts";
import { environment, openOutput } from "./outputs.ts";
import { readWish, type Wish } from "./wish.ts";

/** Exit code 3 when a file or a broker does not take the events. */
export async function runGenerate(given: Given, terminal: Terminal): Promise<ExitCode> {
  if (given.flag("list")) {
    terminal.out(listStreams(terminal.columns));
    return exit.good;
  }
  const wish = readWish(given, now);
  const began = monotonic();
  const done = await produce(wish, terminal);
  const seconds = (monotonic() - began) / 1_000;
  const rate = Math.round(done.events / Math.max(seconds, 0.001));
  terminal.err(
    `${number(done.events)} events in ${seconds.toFixed(1)} s (${number(rate)}/s), ${
      number(done.cases)
    } planted cases\n`,
  );
  return exit.good;
}

interface Done {
  events: number;
  cases: number;
}

/** Events that one step makes, about: few, so that they die young; for Kafka, as many as make requests worth while. */
const stepEvents = { line: 300, message: 6_000 } as const;
/** How often a live run catches up with the clock. */
const tick: Millis = 50;

async function produce(wish: Wish, terminal: Terminal): Promise<Done> {
  const { labels: labelFile, generator: options, live } = wish;
  const output = openOutput(wish, terminal);
  const labels = labelFile === undefined ? undefined : environment(() => openLineWriter(labelFile));
  const generator = createGenerator(options);
  const arrival = createArrival(wish.arrival);
  const { stop, forget } = listenToSignals(live);
  const done: Done = { events: 0, cases: 0 };
  const events = wish.brokers === undefined ? stepEvents.line : stepEvents.message;
  const step = Math.max(1, Math.floor(events / options.rate * 1_000));
  let until = options.start;
  try {
    while (until < wish.end && done.events < wish.count && !stop.aborted) {
      if (live) await sleep(tick, stop);
      until = Math.min(live ? now() : until + step, wish.end);
      const made = cut(generator.next(until), generator.labels(), wish.count - done.events);
      done.events += made.events.length;
      done.cases += made.labels.length;
      writeLabels(labels, made.labels);
      await output.write(arrival.pass(made.events, until));
    }
    await output.write(arrival.rest());
  } finally {
    forget();
    labels?.close();
    await output.close();
  }
  return done;
}

/** At most so many events; a label whose case is cut through is dropped with them. */
function cut(events: readonly GeneratedEvent[], labels: readonly Label[], most: number) {
  const next = events[most];
  if (next === undefined) return { events, labels };
  const isWhole = (label: Label) => label.events.every(({ time }) => Date.parse(time) < next.at);
  return { events: events.slice(0, most), labels: labels.filter(isWhole) };
}

function writeLabels(writer: LineWriter | undefined, labels: readonly Label[]): void {
  if (writer !== undefined) environment(() => labels.forEach((label) => writer.write(JSON.stringify(label))));
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** A live run ends when it is told to, with what it has written; another one simply ends. */
function listenToSignals(live: boolean): { readonly stop: AbortSignal; readonly forget: () => void } {
  const control = new AbortController();
  const told = () => control.abort();
  const listened = live ? signals : [];
  for (const name of listened) Deno.addSignalListener(name, told);
  return {
    stop: control.signal,
    forget: () => listened.forEach((name) => Deno.removeSignalListener(name, told)),
  };
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
