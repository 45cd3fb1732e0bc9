/**
 * The partitions of a stream as one sequence, in the order in which a run that catches up takes them (runtime.md §2): the
 * oldest event goes first, of equals that of the first partition. What is no event goes as soon as it is next.
 */
import type { RangeReader } from "../../engine/adapters/kafka_range.ts";
import type { RawMessage } from "../../engine/runtime/ports.ts";

/** When a message happened, in milliseconds; -Infinity for what is no event. */
export type TimeOf = (message: RawMessage) => number;

/** One partition: what was read of it, and the message at its head. */
interface Head {
  readonly reader: RangeReader;
  messages: readonly RawMessage[];
  at: number;
  /** Time of the message at `at`; Infinity once the partition has ended, undefined when it is to be read on. */
  time: number | undefined;
}

/** Every message of the partitions, some at a time. */
export async function* merged(readers: readonly RangeReader[], timeOf: TimeOf): AsyncGenerator<readonly RawMessage[]> {
  const heads: Head[] = readers.map((reader) => ({ reader, messages: [], at: 0, time: undefined }));
  for (;;) {
    for (const head of heads) if (head.time === undefined) await readOn(head, timeOf);
    const taken = take(heads, timeOf);
    if (taken.length === 0) return;
    yield taken;
  }
}

async function readOn(head: Head, timeOf: TimeOf): Promise<void> {
  head.messages = await head.reader.read() ?? [];
  head.at = 0;
  const [message] = head.messages;
  head.time = message === undefined ? Infinity : timeOf(message);
}

/** The next messages, until a partition must be read on. */
function take(heads: readonly Head[], timeOf: TimeOf): RawMessage[] {
  const taken: RawMessage[] = [];
  for (let head = oldest(heads); head !== undefined; head = oldest(heads)) {
    const message = head.messages[head.at++];
    if (message === undefined) break;
    taken.push(message);
    const next = head.messages[head.at];
    head.time = next === undefined ? undefined : timeOf(next);
    if (next === undefined) break;
  }
  return taken;
}

function oldest(heads: readonly Head[]): Head | undefined {
  let found: Head | undefined;
  for (const head of heads) if ((head.time ?? Infinity) < (found?.time ?? Infinity)) found = head;
  return found;
}
