/** Runs `vigie silence`: changes the silences in the store of the deployment, where a running engine finds them. */
import { now } from "../../engine/adapters/clock.ts";
import { renderProblems } from "../../engine/load/render.ts";
import { formatTime, parseDuration } from "../../engine/model/time.ts";
import { compileSilence, type Silence, type Silences } from "../../engine/routing/silence.ts";
import { storedSilences } from "../../engine/runtime/routes/silences.ts";
import { wantsColour } from "../cli/colour.ts";
import { soundDeployment } from "../cli/deployment.ts";
import { withStore } from "../cli/store.ts";
import { table } from "../cli/table.ts";
import { timeOption } from "../cli/time.ts";
import { exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";

/** Silences that are over are kept so long, for those who ask later. */
const keptMillis = 30 * 86_400_000;

export async function runSilence(given: Given, terminal: Terminal): Promise<ExitCode> {
  const [action = "list", id] = given.positionals;
  if (!["list", "add", "remove"].includes(action)) {
    throw new UsageError(`"${action}" is nothing to do with silences: say list, add or remove`);
  }
  const wanted = action === "add" ? readWanted(given, terminal) : undefined;
  if (action === "add" && wanted === undefined) return exit.problem;
  const read = await soundDeployment(given.text("config") ?? "vigie.yaml", "silence", terminal);
  if (read === undefined) return exit.problem;
  return await withStore(read, "The state is in memory: silences need `store: sqlite` or redis", async (store) => {
    const silences = storedSilences(store);
    if (wanted !== undefined) await add(silences, wanted, terminal);
    else if (action === "remove") await remove(silences, id, terminal);
    else await list(silences, given, terminal);
    return exit.good;
  });
}

/** The silence that the options describe; undefined, with the problem on the screen, when its condition has one. */
function readWanted(given: Given, terminal: Terminal): Silence | undefined {
  const [match, reason] = [given.text("match"), given.text("reason")];
  const millis = parseDuration(given.text("for") ?? "");
  if (match === undefined) throw new UsageError("Which alerts? --match takes a condition over `alert`");
  if (millis === undefined || millis === 0) throw new UsageError("How long? --for takes a duration such as 2h");
  if (reason === undefined) throw new UsageError("Why? --reason is what others will read");
  const condition = compileSilence(match, "--match");
  if (!("test" in condition)) {
    terminal.out(renderProblems(condition, new Map([["--match", match]]), { colour: wantsColour(terminal) }));
    return undefined;
  }
  const starts = timeOption(given, "from") ?? now();
  const author = given.text("author") ?? Deno.env.get("USER") ?? "unknown";
  return { id: crypto.randomUUID().slice(0, 8), match, reason, author, starts, ends: starts + millis };
}

async function add(silences: Silences, silence: Silence, terminal: Terminal): Promise<void> {
  await silences.change((known) => [...known.filter(({ ends }) => ends > now() - keptMillis), silence]);
  terminal.out(`${silence.id}: silent until ${formatTime(silence.ends)}\n`);
}

/** One that has begun ends now, and is still listed as what it was; one that has not is gone. */
async function remove(silences: Silences, id: string | undefined, terminal: Terminal): Promise<void> {
  if (id === undefined) throw new UsageError("Which silence? Name its id: vigie silence list");
  const time = now();
  if (!(await silences.all()).some((silence) => silence.id === id)) {
    throw new UsageError(`There is no silence "${id}": see vigie silence list`);
  }
  await silences.change((known) =>
    known.flatMap((silence) => {
      if (silence.id !== id) return [silence];
      return silence.starts > time ? [] : [{ ...silence, ends: Math.min(silence.ends, time) }];
    })
  );
  terminal.out(`${id}: ended\n`);
}

async function list(silences: Silences, given: Given, terminal: Terminal): Promise<void> {
  const time = now();
  const shown = (await silences.all()).filter(({ ends }) => given.flag("all") || ends > time);
  if (given.text("format") === "json") {
    const lines = shown.map((one) => ({ ...one, starts: formatTime(one.starts), ends: formatTime(one.ends) }));
    terminal.out(`${JSON.stringify(lines, null, 2)}\n`);
    return;
  }
  const rows = shown.map(({ id, match, reason, author, starts, ends }) => [
    ...[id, stateOf(starts, ends, time), formatTime(starts), formatTime(ends)],
    ...[author, reason, match],
  ]);
  terminal.out(
    rows.length === 0
      ? "no silences\n"
      : `${table(["id", "state", "from", "until", "author", "reason", "match"], rows)}\n`,
  );
}

function stateOf(starts: number, ends: number, time: number): string {
  if (ends <= time) return "over";
  return starts > time ? "to come" : "holds";
}
