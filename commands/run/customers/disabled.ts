/** Which endpoints are disabled, kept in the store: what one instance finds out holds for all, and after a restart. */
import { formatTime, type Millis } from "../../../engine/model/time.ts";
import type { CheckpointStore } from "../../../engine/runtime/store.ts";
import type { Disabled } from "./breaker.ts";

export type DisabledEndpoints = ReadonlyMap<string, Disabled>;

type Texts = Pick<CheckpointStore, "get" | "put">;

const textName = "endpoints";
const version = "1";

/** Disabled endpoints by lane. Throws what the store says. */
export async function readDisabled(store: Texts): Promise<DisabledEndpoints> {
  return read(await store.get(textName));
}

/** Disables an endpoint, or enables it again. Throws what the store says. */
export async function setDisabled(
  store: Texts,
  lane: string,
  state: { readonly at: Millis; readonly why: string } | undefined,
): Promise<DisabledEndpoints> {
  for (;;) {
    const text = await store.get(textName);
    const disabled = new Map(read(text));
    if (state === undefined) disabled.delete(lane);
    else if (!disabled.has(lane)) disabled.set(lane, { since: formatTime(state.at), why: state.why });
    if (await store.put(textName, version + JSON.stringify(Object.fromEntries(disabled)), text ?? null)) {
      return disabled;
    }
  }
}

function read(text: string | undefined): DisabledEndpoints {
  if (text === undefined) return new Map();
  const lanes: { readonly [lane: string]: Disabled } = JSON.parse(text.slice(version.length));
  return new Map(Object.entries(lanes));
}
