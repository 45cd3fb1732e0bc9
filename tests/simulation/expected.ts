/** The oracle: what an undisturbed replay of the same log says, refuses and finds late, by sink. */
import { createDecoder } from "../../engine/runtime/decode.ts";
import type { RawMessage, RefusedLine } from "../../engine/runtime/ports.ts";
import { type Recording, replay } from "../../engine/runtime/replay.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import type { StreamName } from "../reference/streams.ts";
import { merged, type Placed, rawOf } from "./log.ts";
import type { Parcel } from "../../engine/runtime/settle/entry.ts";
import type { Plans } from "./plan.ts";
import { deadLetterOf, isRefused } from "./refusing.ts";
import type { Scenario } from "./scenario.ts";
import { Received } from "./sink.ts";

const encoder = new TextEncoder();

/**
 * Everything that each sink must receive. A name may have several texts: where a late event begins a state of its own at
 * the time of an older episode, the two have one id (semantics.md 12, 32).
 */
export async function expectedOf(
  scenario: Pick<Scenario, "log">,
  { plan, thresholds }: Pick<Plans, "plan" | "thresholds">,
  refuses = false,
): Promise<ReadonlyMap<string, Received>> {
  const [said, left, dead, late] = [new Received(), new Received(), new Received(), new Received()];
  const say = (parcel: Parcel) => {
    said.take(parcel);
    if (!refuses || !isRefused(parcel)) left.take(parcel);
    else dead.expect(deadLetterOf(parcel));
  };
  const recordings = streamsOf(scenario).map((stream) => recordingOf(scenario, plan, stream));
  await replay(plan, recordings, {
    alert: (alert) => say({ alert }),
    record: (record) => say({ record }),
    late: (line) => late.take(refused(line)),
    dead: (line) => dead.take(refused(line)),
  }, { thresholds });
  return new Map([["first", said], ["second", left], ["dead", dead], ["late", late]]);
}

/** The streams of a log, in the order of its partitions. */
export function streamsOf({ log }: Pick<Scenario, "log">): readonly StreamName[] {
  return [...new Set(log.map(({ stream }) => stream))];
}

function recordingOf({ log }: Pick<Scenario, "log">, plan: Plan, stream: StreamName): Recording {
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
}

function refused({ stream, topic, partition, offset, reason }: RefusedLine) {
  return { refused: { stream, topic, partition, offset, reason, time: null, key: null, value: null } };
}

function messageOf({ stream, partition, offset, content }: Placed): RawMessage {
  return { topic: stream, partition, offset, timestamp: undefined, key: null, value: encoder.encode(rawOf(content)) };
}
