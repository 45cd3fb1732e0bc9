/** The stream that a new pack or monitor reads. */
import type { Stream } from "../../engine/model/contract.ts";
import { nearest } from "../../engine/model/problem.ts";
import { UsageError } from "../command.ts";
import type { NewContext } from "./draft.ts";

/** The stream that `--stream` names, else payments, else the first there is. Throws a UsageError for an unknown one. */
export function streamOf({ given, streams, contracts }: NewContext): Stream {
  const name = given.text("stream");
  const [first] = streams.values();
  if (first === undefined) throw new UsageError(`There are no contracts of streams in ${contracts}`);
  if (name === undefined) return streams.get("payments") ?? first;
  const stream = streams.get(name);
  if (stream !== undefined) return stream;
  const near = nearest(name, streams.keys());
  const hint = near === undefined ? `streams are ${[...streams.keys()].join(", ")}` : `did you mean "${near}"?`;
  throw new UsageError(`No contract declares stream "${name}": ${hint}`);
}
