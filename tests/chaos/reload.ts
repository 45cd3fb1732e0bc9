/** The folder of packs changes in every way while events come in: what is good is switched in, and nothing else happens. */
import { expect } from "expect";
import { readTopic } from "../services/read_topic.ts";
import { until } from "../run/process.ts";
import { Arena, difference, edit } from "./arena.ts";
import type { ChaosProcess } from "./engine_process.ts";
import { replayed, type SaidAlert } from "./oracle.ts";
import type { Scenario } from "./scenario.ts";

/** One rule that nobody edits, which counts every event, one whose threshold and one whose window is edited. */
const edited = `pack: edited
defaults: { severity: info }
rules:
  - id: steady
    title: Payments a minute
    kind: threshold
    on: payments
    key: payment.currency
    window: { tumbling: 1m }
    aggregate: { payments: count() }
    when: payments >= 1
  - id: large
    title: A large payment
    kind: filter
    on: payments
    when: payment.amount > 60
  - id: paced
    title: Payments by method
    kind: threshold
    on: payments
    key: payment.method
    window: { tumbling: 60s }
    aggregate: { payments: count() }
    when: payments >= 1
`;
const more = `  - id: further
    title: A small payment
    kind: filter
    on: payments
    when: payment.amount < 5
`;

/** Longest pause of the handling of events, in milliseconds. */
const pauseMax = 1_000;

export const reload: Scenario = {
  name: "reload",
  says: "edits of every sort under load lose no event and handle none twice, and the handling pauses for at most 1 s",
  alone: true,
  async run({ isLong, note }) {
    const [events, rounds] = isLong ? [300_000, 10] : [12_000, 1];
    const arena = await Arena.open({ events, partitions: 3, store: "store: { sqlite: state.db }" });
    const pack = `${arena.folder}/rules/edited.yaml`;
    await Deno.writeTextFile(pack, edited);
    try {
      const replayOf = () => replayed(arena.folder, arena.deployment.topic, arena.messages);
      const before = await replayOf();
      const running = await arena.start();
      await running.active();
      const watch = watchProgress(running);
      const acted = new AbortController();
      const pouring = arena.pour(events, rounds * 20_000, acted.signal);
      const switches = [await act(arena, running, pack)];
      for (let round = 1; round < rounds; round++) {
        await edit(pack, (text) => text.replace("amount > 40", "amount > 60").replace("120s", "60s"));
        switches.push(await asked(running, "switched"));
        switches.push(await act(arena, running, pack));
      }
      const pause = watch.end();
      acted.abort();
      await pouring;
      await running.settled();
      await running.stop();
      await arena.drain();
      const after = await replayOf();
      const found = await saidIn(arena);
      // A clean end and no crash: every alert is said once.
      expect(found.length).toBe(new Set(found.map(({ id }) => id)).size);
      const unedited = (alerts: readonly SaidAlert[]) =>
        alerts.filter(({ rule }) => !["large", "paced", "further"].includes(rule)).map(described).sort();
      expect(unedited(found)).toEqual(unedited(before));
      expect(found.filter(({ rule }) => rule === "large").map(described).sort()).toEqual(
        largeOf(before, after, switches).map(described).sort(),
      );
      const paced = (alerts: readonly SaidAlert[]) => alerts.filter(({ rule }) => rule === "paced").map(described);
      expect(difference(paced(found), [...paced(before), ...paced(after)]).extra).toEqual([]);
      expect(difference(paced(found), paced(before)).extra).not.toEqual([]);
      expect(pause).toBeLessThan(pauseMax);
      note(`${switches.length} switches: each event handled once, longest pause ${Math.round(pause)} ms`);
    } finally {
      await arena.close();
    }
  },
};

type Offsets = Readonly<Record<string, number>>;

/** Everything that can happen to the folder; returns where the one switch of the threshold took place. */
async function act(arena: Arena, running: ChaosProcess, pack: string): Promise<Offsets> {
  const rules = `${arena.folder}/rules`;
  await edit(pack, (text) => `${text}# a remark\n`);
  await asked(running, "unchanged");
  await Deno.writeTextFile(`${rules}/broken.yaml`, "pack: broken\nrules: [{ id: x, kind: filter, on: nothing }]\n");
  await asked(running, "refused");
  await Deno.remove(`${rules}/broken.yaml`);
  await Deno.rename(rules, `${rules}-away`);
  await asked(running, "refused");
  await Deno.mkdir(rules);
  await asked(running, "refused");
  await Deno.remove(rules);
  await Deno.rename(`${rules}-away`, rules);
  // Half of this file would be a good pack by itself.
  const text = (await Deno.readTextFile(pack)).replace("tumbling: 60s", "tumbling: 120s");
  const whole = text.replace("amount > 60", "amount > 40") + (text.includes("further") ? "" : more);
  await Deno.writeTextFile(pack, whole.slice(0, whole.indexOf("  - id: paced")));
  const switched = asked(running, "switched");
  await new Promise((resolve) => setTimeout(resolve, 250));
  await Deno.writeTextFile(pack, whole);
  return await switched;
}

/** Asks for a reload; throws when another thing comes of it. Returns the offsets of the switch. */
async function asked(running: ChaosProcess, wanted: string): Promise<Offsets> {
  const response = await fetch(`${running.http}/v1/reload`, { method: "POST" });
  const { outcome, offsets = {}, problems = "" } = await response.json();
  if (outcome !== wanted) throw new Error(`The reload was ${outcome}, not ${wanted}:\n${problems}${running.log()}`);
  return offsets;
}

/** Alerts of the edited threshold: those of one replay or of the other, by the switches that came before the event. */
function largeOf(before: readonly SaidAlert[], after: readonly SaidAlert[], switches: readonly Offsets[]): SaidAlert[] {
  const isBehind = ({ evidence: [event] }: SaidAlert) => {
    if (event === undefined) throw new Error("an alert of a filter has one event as its evidence");
    const place = `${event.topic}/${event.partition}`;
    return switches.filter((offsets) => event.offset >= (offsets[place] ?? Infinity)).length % 2 === 1;
  };
  const large = (alerts: readonly SaidAlert[]) => alerts.filter(({ rule }) => rule === "large");
  return [...large(before).filter((alert) => !isBehind(alert)), ...large(after).filter(isBehind)];
}

function described({ rule, id, values }: SaidAlert): string {
  return `${rule} ${id} ${JSON.stringify(values)}`;
}

async function saidIn(arena: Arena): Promise<SaidAlert[]> {
  return (await readTopic([arena.broker], arena.topicOf("said"))).map(({ value }) =>
    JSON.parse(new TextDecoder().decode(value ?? undefined))
  );
}

/** Looks at how far the handling has come, again and again; `end` tells the longest time without any progress. */
function watchProgress(running: ChaosProcess): { readonly end: () => number } {
  let [position, since, longest, isOver] = [-1, performance.now(), 0, false];
  void until(
    async () => {
      const status = await running.status();
      const now = status?.partitions.reduce((sum, partition) => sum + partition.position, 0) ?? 0;
      if (now === position || isOver) return isOver;
      const time = performance.now();
      if (position > 0) longest = Math.max(longest, time - since);
      [position, since] = [now, time];
      return false;
    },
    () => "",
    Infinity,
  );
  return {
    end() {
      isOver = true;
      return longest;
    },
  };
}
