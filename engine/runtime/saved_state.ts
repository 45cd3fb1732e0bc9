/**
 * How the state of a key is named and written in the store. A key is its stage and its text; its parts are those of its
 * keepers, each behind the keeper's name, so that a reload finds or drops a rule's state by its signature. Every text
 * begins with the version of its format.
 */
import type { StateCodec } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";
import { hashText, type Keeper, type KeyedStage, type KeyState, replaced, type Stored } from "./keyed.ts";
import type { StateChange, TimerChange } from "./store.ts";
import type { TimerKey } from "./timers.ts";

/** Version of everything that this file writes. */
const version = "1";
/** Ends the name of a keeper, of a stage: no rule's name holds it. */
const end = "\n";
/** Behind a keeper's name: when its timer is due. */
const duePart = "@";

/** Names of what a keeper writes, by its name. */
export function partNames(name: string): { readonly prefix: string; readonly duePart: string } {
  return { prefix: name + end, duePart: name + duePart };
}

/** What a checkpoint writes of a task beside its head. */
export interface Changes {
  readonly states: StateChange[];
  readonly timers: TimerChange[];
}

/** Text of a state or timer without its version. Throws when it was written in another format. */
export function versioned(text: string): string {
  if (text.startsWith(version)) return text.slice(version.length);
  throw new Error(`a saved state has format "${text.slice(0, 1)}", this version reads format "${version}"`);
}

/** Key of a state in the store. */
export function storeKey(stage: KeyedStage, text: string): string {
  return `${stage.name}${end}${safe(text)}`;
}

/** Stage and text of a store's key; undefined for a stage that the plan does not have. */
export function readStoreKey(
  key: string,
  stages: ReadonlyMap<string, KeyedStage>,
): { readonly stage: KeyedStage; readonly text: string } | undefined {
  const at = key.indexOf(end);
  const stage = stages.get(key.slice(0, at));
  if (stage === undefined) return undefined;
  return { stage, text: unsafe(key.slice(at + 1)) };
}

/** Ids of timers order them as they fire: by rule, key hash, key. */
export function timerId(keeper: Keeper, { text, hash }: TimerKey): string {
  return idOf(keeper.name, { text, hash });
}

function idOf(owner: string, { text, hash }: TimerKey): string {
  return `${owner}${end}${hash.toString(16).padStart(8, "0")}${end}${safe(text)}`;
}

/** The timer that an id names; undefined when no keeper of the plan has it. */
export function readTimerId(
  id: string,
  keeperOf: (name: string) => Keeper | undefined,
): { readonly keeper: Keeper; readonly key: TimerKey } | undefined {
  const [owner = "", , ...rest] = id.split(end);
  const keeper = keeperOf(owner);
  const text = unsafe(rest.join(end));
  return keeper === undefined ? undefined : { keeper, key: { text, hash: hashText(text) } };
}

/** Stores keep UTF-8: a text that is no Unicode is written as JSON, which escapes it. */
function safe(text: string): string {
  return text.isWellFormed() && !text.startsWith("\u0001") ? text : `\u0001${JSON.stringify(text)}`;
}

function unsafe(text: string): string {
  return text.startsWith("\u0001") ? JSON.parse(text.slice(1)) : text;
}

/** Writes what changed of a key since it was last written, and notes what the store then has. */
export function writeKey(key: KeyState, { states, timers }: Changes): void {
  const stored = key.stored ??= new Array(key.stage.keepers.length).fill(undefined);
  const marks = key.marks ?? noMarks;
  let name: string | undefined;
  for (const keeper of key.stage.keepers) {
    const { slot } = keeper;
    const mark = marks[slot] ?? 0;
    if (mark === 0) continue;
    name ??= storeKey(key.stage, key.text);
    const before = stored[slot] ?? nothing;
    const parts = writeParts(keeper, key, name, before, (mark & replaced) !== 0, states);
    const due = key.stateOf(slot) === undefined ? Infinity : key.dueOf(slot);
    if (due !== before.due) writeDue(keeper, key, name, due, states, timers);
    stored[slot] = parts.length === 0 ? undefined : { parts, due };
    marks[slot] = 0;
  }
}

const noMarks: number[] = [];
const nothing: Stored = { parts: [], due: Infinity };
/** Most states are one head: they share its list of names. */
const onlyHead: readonly string[] = [""];

/** Writes the parts of one slot that changed, each once, and returns the names of all that it then has. */
function writeParts(
  keeper: Keeper,
  key: KeyState,
  name: string,
  before: Stored,
  isAnother: boolean,
  states: StateChange[],
): readonly string[] {
  const state = key.stateOf(keeper.slot);
  const { operator: { codec }, prefix } = keeper;
  if (state === undefined || codec === undefined) {
    for (const part of before.parts) states.push({ key: name, part: prefix + part, text: undefined });
    return noParts;
  }
  if (before.parts.length > 0) {
    return rewriteParts(codec, state, isAnother, before.parts, { key: name, prefix }, states);
  }
  written.length = 0;
  codec.save(state, true, (part, text) => {
    if (text === undefined) return;
    written.push(part);
    states.push({ key: name, part: prefix + part, text: version + text });
  });
  return written.length === 1 && written[0] === "" ? onlyHead : written.slice();
}

/** Names of the parts just written: filled anew for every key. */
const written: string[] = [];
const noParts: readonly string[] = [];

/** The same where the store has parts. A codec may delete a part and write it again: the last word counts. */
function rewriteParts<S>(
  codec: StateCodec<S>,
  state: S,
  isAnother: boolean,
  before: readonly string[],
  { key, prefix }: { readonly key: string; readonly prefix: string },
  states: StateChange[],
): readonly string[] {
  const writes = new Map<string, string | undefined>();
  if (isAnother) { for (const part of before) writes.set(part, undefined); }
  codec.save(state, isAnother, (part, text) => writes.set(part, text));
  if (writes.size === 1 && before === onlyHead && writes.get("") !== undefined) {
    states.push({ key, part: prefix, text: version + writes.get("") });
    return onlyHead;
  }
  const names = new Set(before);
  for (const [part, text] of writes) {
    if (text === undefined && !names.delete(part)) continue;
    if (text !== undefined) names.add(part);
    states.push({ key, part: prefix + part, text: text === undefined ? undefined : version + text });
  }
  return names.size === 1 && names.has("") ? onlyHead : [...names];
}

function writeDue(
  keeper: Keeper,
  key: KeyState,
  name: string,
  due: Millis,
  states: StateChange[],
  timers: TimerChange[],
): void {
  const none = due === Infinity;
  states.push({ key: name, part: keeper.duePart, text: none ? undefined : version + due });
  timers.push({ id: timerId(keeper, key), due: none ? undefined : due });
}

/** Deletes what another name than the keepers of the plan has left with a key. */
export function forget(key: KeyState, owner: string, { parts, due }: SavedSlot, changes: Changes): void {
  const name = storeKey(key.stage, key.text);
  for (const part of parts.keys()) changes.states.push({ key: name, part: `${owner}${end}${part}`, text: undefined });
  if (due === Infinity) return;
  changes.states.push({ key: name, part: owner + duePart, text: undefined });
  changes.timers.push({ id: idOf(owner, key), due: undefined });
}

/** Name of the rule that a keeper's name belongs to. */
export function ruleOf(owner: string): string {
  return owner.slice(0, owner.search(/[#!]/));
}

/** What the store has of one keeper: its parts by the codec's names, and when its timer is due. */
export interface SavedSlot {
  readonly parts: Map<string, string>;
  due: Millis;
}

/** The saved parts of a key, by the name of their keeper. */
export function readParts(parts: ReadonlyMap<string, string>): Map<string, SavedSlot> {
  const slots = new Map<string, SavedSlot>();
  for (const [name, text] of parts) {
    const at = name.indexOf(end);
    const owner = at < 0 ? name.slice(0, -duePart.length) : name.slice(0, at);
    let slot = slots.get(owner);
    if (slot === undefined) slots.set(owner, slot = { parts: new Map(), due: Infinity });
    if (at < 0) slot.due = Number(versioned(text));
    else slot.parts.set(name.slice(at + 1), versioned(text));
  }
  return slots;
}
