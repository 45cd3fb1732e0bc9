/**
 * Events that are posted, as a source: one partition per stream. There is no log behind them to read again, so whoever
 * posts is answered when a checkpoint holds what came of the events; what was not answered so is to be posted again.
 */
import { partitionName, type Source, type SourceReader } from "../runtime/source.ts";
import { now, sleep } from "./clock.ts";

/** What became of a post. `full` and `closed` took nothing in, or it is not known to be saved: post again. */
export type Posted = "saved" | "unknown_stream" | "full" | "closed";

/** Longest wait for the checkpoint, in milliseconds. */
const patience = 30_000;

interface Place {
  readonly stream: string;
  /** Offset of the next event. */
  next: number;
  isHeld: boolean;
}

/** Somebody who waits until what lies before an offset is saved. */
interface Waiting {
  readonly topic: string;
  readonly upTo: number;
  readonly answer: (posted: Posted) => void;
}

export class HttpIngest {
  private places = new Map<string, Place>();
  private reader: SourceReader | undefined;
  private waiting = new Set<Waiting>();
  private known: readonly string[] = [];

  /** Streams that take events now. */
  get streams(): readonly string[] {
    return this.known;
  }

  /**
   * A source of these streams; the one before is over. Offsets begin at the wall clock, so that no event gets the place of
   * one that was lost with its process.
   */
  source(streams: readonly string[], position: (topic: string) => number | undefined): Source {
    this.known = streams;
    return {
      open: () => Promise.resolve(this.openAt(position)),
      start: (reader) => {
        this.reader = reader;
        return Promise.resolve();
      },
      pause: ({ topic }) => this.hold(topic, true),
      resume: ({ topic }) => this.hold(topic, false),
      ends: (partitions) =>
        Promise.resolve(new Map(partitions.map((of) => [partitionName(of), this.places.get(of.topic)?.next ?? 0]))),
      commit: () => Promise.resolve(),
      saved: (positions) => this.saved(positions),
      close: () => {
        this.reader = undefined;
        return Promise.resolve();
      },
    };
  }

  /** Takes messages of a stream in, and waits until a checkpoint holds what came of them. */
  async post(stream: string, values: readonly Uint8Array[]): Promise<Posted> {
    const { reader } = this;
    const place = this.places.get(stream);
    if (reader === undefined) return "closed";
    if (place === undefined) return "unknown_stream";
    if (place.isHeld) return "full";
    const [first, timestamp] = [place.next, now()];
    place.next += values.length;
    const messages = values.map((value, index) => ({
      ...{ topic: stream, partition: 0, offset: first + index, timestamp, key: null, value },
    }));
    reader.batch({ stream, topic: stream, partition: 0 }, { messages, next: place.next, end: place.next });
    return await this.isSaved(stream, place.next);
  }

  /** Nothing more is taken, and nothing more will be saved. */
  end(): void {
    this.reader = undefined;
    this.answer(() => true, "closed");
  }

  private openAt(position: (topic: string) => number | undefined) {
    this.places = new Map(this.known.map((stream) => [stream, this.placeOf(stream, position(stream))]));
    // Where the state goes on from before a post, that post was lost with the state that had taken it.
    this.answer(({ topic, upTo }) => (position(topic) ?? 0) < upTo, "closed");
    return [...this.places.values()].map(({ stream, next }) => ({
      ...{ stream, topic: stream, partition: 0, start: next, end: next },
    }));
  }

  private placeOf(stream: string, position = 0): Place {
    return { stream, next: Math.max(position, this.places.get(stream)?.next ?? 0, now()), isHeld: false };
  }

  private hold(topic: string, isHeld: boolean): void {
    const place = this.places.get(topic);
    if (place !== undefined) place.isHeld = isHeld;
  }

  private saved(positions: ReadonlyMap<string, number>): void {
    this.answer(({ topic, upTo }) => (positions.get(partitionName({ topic, partition: 0 })) ?? 0) >= upTo, "saved");
  }

  private isSaved(topic: string, upTo: number): Promise<Posted> {
    const over = new AbortController();
    return new Promise((resolve) => {
      const waiting: Waiting = {
        ...{ topic, upTo },
        answer: (posted) => {
          this.waiting.delete(waiting);
          over.abort();
          resolve(posted);
        },
      };
      this.waiting.add(waiting);
      void sleep(patience, over.signal).then(() => waiting.answer("closed"));
    });
  }

  private answer(whom: (waiting: Waiting) => boolean, posted: Posted): void {
    for (const waiting of [...this.waiting]) if (whom(waiting)) waiting.answer(posted);
  }
}
