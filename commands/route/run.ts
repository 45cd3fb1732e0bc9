/** Runs `vigie route`: reads an alert and a deployment, and shows the way of the one through the other. */
import { now, sleep } from "../../engine/adapters/clock.ts";
import { formatTime } from "../../engine/model/time.ts";
import { isFields, type Value } from "../../engine/model/value.ts";
import { readySilences, type Silence, silenceOf } from "../../engine/routing/silence.ts";
import { scopeOf } from "../../engine/routing/vocabulary.ts";
import { alertOfFields, type Way } from "../../engine/routing/way.ts";
import { storedSilences } from "../../engine/runtime/routes/silences.ts";
import { wantsColour } from "../cli/colour.ts";
import { type SoundDeployment, soundDeployment } from "../cli/deployment.ts";
import { timeOption } from "../cli/time.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { readProject, shownErrors } from "../run/project.ts";
import { openStore } from "../run/stores.ts";
import { drawWay } from "./draw.ts";
import { wayThrough } from "./own.ts";

export async function runRoute(given: Given, terminal: Terminal): Promise<ExitCode> {
  const format = given.text("format") ?? "text";
  if (format !== "text" && format !== "json") throw new UsageError(`"${format}" is no format: formats are text, json`);
  const at = timeOption(given, "at") ?? now();
  const file = given.text("alert");
  if (file === undefined) throw new UsageError("Name the alert: --alert FILE, or --alert - for standard input");
  const alert = alertOfFields(await readFields(file));
  const read = await soundDeployment(given.text("config") ?? "vigie.yaml", "route", terminal);
  if (read === undefined) return exit.problem;
  const { plan, problems, texts } = await readProject(read.deployment, true);
  if (plan === undefined) {
    terminal.out(shownErrors(problems, new Map([...texts, ...read.texts]), wantsColour(terminal)));
    return exit.problem;
  }
  const way = wayThrough(alert, { ...read, plan }, at);
  const known = read.tree.length === 0 ? [] : await silencesOf(read, terminal);
  const silence = silenceOf(readySilences(known), scopeOf(alert), at);
  terminal.out(
    format === "json" ? asJson(way, silence) : `${drawWay(way)}${silence === undefined ? "" : told(silence)}`,
  );
  return exit.good;
}

/** Those in the store of the deployment. While it is away the way is shown without them, and that is said. */
async function silencesOf(
  { deployment: { store: settings, app }, secrets }: SoundDeployment,
  terminal: Terminal,
): Promise<readonly Silence[]> {
  if (settings.kind === "memory") return [];
  const store = openStore(settings, app);
  const asked = store.open().then(() => storedSilences(store).all());
  try {
    return await Promise.race([asked, sleep(patience).then(() => Promise.reject(new Error("it does not answer")))]);
  } catch (error) {
    const reason = secrets.redact(error instanceof Error ? error.message : String(error));
    terminal.err(`Silences are not taken into account: ${reason}\n`);
    return [];
  } finally {
    void store.close().catch(() => {});
  }
}

/** Longest wait for the store, in milliseconds. */
const patience = 3_000;

function asJson(way: Way, silence: Silence | undefined): string {
  const { id, match, reason, author, ends } = silence ?? {};
  const held = ends === undefined ? null : { id, match, reason, author, ends: formatTime(ends) };
  return `${JSON.stringify({ ...way, silence: held }, null, 2)}\n`;
}

function told({ id, reason, author, ends }: Silence): string {
  return `silenced until ${formatTime(ends)} by ${author} (${id}): ${reason}; routes tell nobody\n`;
}

async function readFields(file: string) {
  let text: string;
  try {
    text = file === "-" ? await new Response(Deno.stdin.readable).text() : await Deno.readTextFile(file);
  } catch (error) {
    throw new EnvironmentError(`Cannot read "${file}": ${error instanceof Error ? error.message : error}`);
  }
  const value = parsed(text);
  if (!isFields(value)) throw new UsageError(`"${file}" holds no JSON object`);
  return value;
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
