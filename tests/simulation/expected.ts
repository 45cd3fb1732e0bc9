/** The oracle: what an undisturbed replay of the same log says, refuses and finds late. */
import { createDecoder } from "../../engine/runtime/decode.ts";
import type { RawMessage, RefusedLine } from "../../engine/runtime/ports.ts";
import { type Recording, replay } from "../../engine/runtime/replay.ts";
import { merged, type Placed, rawOf } from "./log.ts";
import type { Plans } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { addText, nameOf, textOf } from "./sink.ts";

const encoder = new TextEncoder();

/**
 * Texts of everything that must be received, by name. A name may have several: where a late event begins a state of its own
 * at the time of an older episode, the two have one id (semantics.md 12, 32).
 */
export async function expectedOf(
  { log }: Scenario,
  { plan, thresholds }: Plans,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const expected = new Map<string, Set<string>>();
  const put = (parcel: Parameters<typeof nameOf>[0]) => addText(expected, nameOf(parcel), textOf(parcel));
  const streams = [...new Set(log.map(({ stream }) => stream))];
  const recordings = streams.map((stream): Recording => {
    const contract = plan.streams.get(stream);
    if (contract === undefined) throw new Error(`the plan has no stream ${stream}`);
    let messages: readonly RawMessage[] | undefined = merged(log, stream).map(messageOf);
    return {
      stream,
      decoder: createDecoder(contract, { live: undefined, recorded: false }),
      partitions: log.filter((one) => one.stream === stream).map(({ partition }) => ({ topic: stream, partition })),
      read() {
        const read = messages;
        messages = undefined;
        return Promise.resolve(read);
      },
    };
  });
  const refused = ({ topic, partition, offset, reason }: RefusedLine) => {
    const name = `${topic}/${partition}@${offset} ${reason}`;
    addText(expected, name, JSON.stringify(name));
  };
  await replay(plan, recordings, {
    alert: (alert) => put({ alert }),
    record: (record) => put({ record }),
    late: refused,
    dead: refused,
  }, { thresholds });
  return expected;
}

function messageOf({ stream, partition, offset, content }: Placed): RawMessage {
  return { topic: stream, partition, offset, timestamp: undefined, key: null, value: encoder.encode(rawOf(content)) };
}
