/**
 * Runs a plan over a log as a live task does, with everything that may happen to one on the way: checkpoints, crashes
 * that lose what was done since, keys that leave memory, timers fired one at a time and read from the store in small
 * pages. None of it may change a byte of what leaves.
 */
import type { Plan } from "../../engine/compile/plan.ts";
import type { Event } from "../../engine/model/event.ts";
import { fixedThresholds, type Threshold } from "../../engine/model/threshold.ts";
import { memoryStore } from "../../engine/adapters/memory.ts";
import type { Input } from "../../engine/runtime/clock.ts";
import { Lane, oldest } from "../../engine/runtime/lane.ts";
import { type Recording, replay } from "../../engine/runtime/replay.ts";
import type { Fence } from "../../engine/runtime/store.ts";
import { Task } from "../../engine/runtime/task.ts";
import { inputName } from "../../engine/runtime/head.ts";

export interface Disturbance {
  /** A checkpoint is taken after every so many steps. */
  readonly saveEvery: number;
  /** The task is thrown away and restored after every so many steps: what was done since the checkpoint is done again. */
  readonly crashEvery: number;
  /** Keys that may stay in memory after a checkpoint. */
  readonly keys: number;
  /** Timers fired at once. */
  readonly budget: number;
  /** Timers read at once. */
  readonly page: number;
  /** Event time that timers are read ahead. */
  readonly ahead: number;
}

/** Everything that left, rule by rule in its order, as text. */
export type Left = readonly string[];

/** What leaves when nothing happens. */
export async function undisturbed(
  plan: Plan,
  recordings: readonly Recording[],
  thresholds: readonly Threshold[],
): Promise<Left> {
  const left: string[] = [];
  await replay(plan, recordings, {
    alert: (alert) => left.push(`${alert.rule} ${JSON.stringify(alert)}`),
    record: (record) => left.push(`${record.rule} ${JSON.stringify(record)}`),
    late: ({ stream, offset, reason }) => left.push(`late ${stream} ${offset} ${reason}`),
    dead: () => {},
  }, { thresholds: fixedThresholds(thresholds) });
  return byRule(left);
}

/** What leaves when something happens at every turn. */
export async function disturbed(
  plan: Plan,
  recordings: readonly Recording[],
  thresholds: readonly Threshold[],
  disturbance: Disturbance,
): Promise<Left> {
  const steps = await stepsOf(recordings);
  const run = new DisturbedRun(plan, fixedThresholds(thresholds), disturbance);
  await run.claim();
  for (let taken = 0; run.at < steps.length; taken++) {
    await run.step(steps[run.at]!);
    if ((taken + 1) % disturbance.saveEvery === 0) await run.save();
    if ((taken + 1) % disturbance.crashEvery === 0 && run.crashes < steps.length) await run.claim();
  }
  await run.save();
  return byRule(run.left);
}

/** Rules may speak in another order among each other; a z-score's moments, loaded again, may merge in another. */
function byRule(left: readonly string[]): Left {
  const rule = (line: string) => line.slice(0, line.indexOf(" "));
  const rounded = left.map((line) => line.replace(/\d+\.\d{12,}/g, (digits) => String(Number(digits).toPrecision(11))));
  return rounded.toSorted((a, b) => (rule(a) < rule(b) ? -1 : rule(a) > rule(b) ? 1 : 0));
}

type Source = Pick<Input, "stream" | "topic" | "partition">;

/** One thing that happens to a task. */
type Step =
  | { readonly open: Source }
  | { readonly of: Source; readonly event: Omit<Event, "watermark"> }
  | { readonly ends: string }
  | { readonly advanceTo: number };

/** The steps of a replay. */
async function stepsOf(recordings: readonly Recording[]): Promise<readonly Step[]> {
  const steps: Step[] = recordings.flatMap(({ stream, partitions }) =>
    partitions.map((partition) => ({ open: { stream, ...partition } }))
  );
  const lanes = recordings.map(({ stream, decoder }) =>
    new Lane({
      stream,
      decoder,
      inputOf: (topic, partition) => ({ stream, topic, partition, watermark: -Infinity, state: "active" }),
      dead: () => {},
    })
  );
  let newest = -Infinity;
  const taking = { take: (of: Input, event: Event) => (steps.push({ of, event }), false) };
  for (;;) {
    const lane = oldest(lanes);
    if (lane !== undefined) {
      newest = Math.max(newest, lane.peek() ?? newest);
      lane.take(taking);
    } else if (!(await readOn(lanes, recordings, steps))) break;
  }
  return [...steps, { advanceTo: newest }];
}

async function readOn(lanes: readonly Lane[], recordings: readonly Recording[], steps: Step[]): Promise<boolean> {
  let read = false;
  for (const [i, lane] of lanes.entries()) {
    if (lane.ended || lane.peek() !== undefined) continue;
    const messages = await recordings[i]?.read();
    read = true;
    if (messages !== undefined) lane.push(messages);
    else {
      lane.ended = true;
      steps.push({ ends: lane.options.stream });
    }
  }
  return read;
}

class DisturbedRun {
  /** The step that comes next. */
  at = 0;
  crashes = -1;
  readonly left: string[] = [];
  private readonly store = memoryStore();
  private fence: Fence = { task: "t", epoch: 0, owner: "" };
  private number = 0;
  private savedAt = 0;
  private pending: string[] = [];
  private inputs = new Map<string, Input>();
  private task: Task | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly thresholds: ReturnType<typeof fixedThresholds>,
    private readonly disturbance: Disturbance,
  ) {}

  /** A new process takes the task over. */
  async claim(): Promise<void> {
    this.crashes++;
    const claimed = await this.store.claim("t", `owner ${this.crashes}`, { term: 1, steal: true });
    if (!("fence" in claimed)) throw new Error("the task is held");
    [this.fence, this.number, this.at, this.pending] = [claimed.fence, claimed.number, this.savedAt, []];
    this.task = new Task(this.plan, {
      alert: (alert) => this.pending.push(`${alert.rule} ${JSON.stringify(alert)}`),
      record: (record) => this.pending.push(`${record.rule} ${JSON.stringify(record)}`),
      suppressed: () => {},
      late: ({ place }, reason) => this.pending.push(`late ${place.stream} ${place.offset} ${reason}`),
    }, { now: undefined, thresholds: this.thresholds, durable: true, ahead: this.disturbance.ahead });
    if (claimed.head !== undefined) this.task.restore(claimed.head);
    const opened = [...this.inputs.values()];
    this.inputs = new Map();
    for (const input of opened) {
      this.inputs.set(inputName(input), this.task.open(input.stream, input.topic, input.partition));
    }
    await this.settle(this.task);
  }

  async step(step: Step): Promise<void> {
    const { task } = this;
    if (task === undefined) return;
    this.at++;
    if ("open" in step) this.inputOf(task, step.open);
    else if ("event" in step) await this.take(task, step.of, step.event);
    else if ("advanceTo" in step) task.advanceTo(step.advanceTo);
    else {
      for (const input of task.inputs) {
        if (input.stream === step.ends && task.setState(input, "finished")) await this.settle(task);
      }
    }
    await this.settle(task);
  }

  /** Everything that was said so far leaves with the checkpoint. */
  async save(): Promise<void> {
    const { task } = this;
    if (task === undefined) return;
    const changes = task.collect();
    const saved = await this.store.save(this.fence, { number: ++this.number, ...changes, outbox: [], lanes: [] });
    if (saved !== "saved") throw new Error(`the checkpoint was ${saved}`);
    task.saved();
    task.evict(this.disturbance.keys);
    this.left.push(...this.pending);
    [this.savedAt, this.pending] = [this.at, []];
  }

  private inputOf(task: Task, source: Source): Input {
    const known = this.inputs.get(inputName(source)) ?? task.open(source.stream, source.topic, source.partition);
    this.inputs.set(inputName(source), known);
    return known;
  }

  private async take(task: Task, source: Source, event: Omit<Event, "watermark">): Promise<void> {
    const input = this.inputOf(task, source);
    const taken = { ...event, watermark: input.watermark };
    const wanted = new Set<string>();
    if (!task.complete) task.missing(taken, wanted);
    await this.load(task, [...wanted]);
    if (task.take(input, taken)) await this.settle(task);
    else if (task.fire(1) !== "done") throw new Error("take said that nothing was due");
  }

  private async settle(task: Task): Promise<void> {
    for (let turns = 0;; turns++) {
      if (turns > 100_000) throw new Error("timers fire without end");
      switch (task.fire(this.disturbance.budget)) {
        case "done":
          return;
        case "more":
          break;
        case "keys":
          await this.load(task, task.wanted());
          break;
        case "timers": {
          const { until, after } = task.timersWanted();
          const page = await this.store.timers("t", until, this.disturbance.page, after);
          task.feed(page, until, page.length < this.disturbance.page);
        }
      }
    }
  }

  private async load(task: Task, keys: readonly string[]): Promise<void> {
    const found = await this.store.read("t", keys);
    keys.forEach((key, i) => task.admit(key, found[i]));
  }
}
