/** Runs `vigie route`: reads an alert and a deployment, and shows the way of the one through the other. */
import { now } from "../../engine/adapters/clock.ts";
import { isFields, type Value } from "../../engine/model/value.ts";
import { alertOfFields } from "../../engine/routing/way.ts";
import { wantsColour } from "../cli/colour.ts";
import { soundDeployment } from "../cli/deployment.ts";
import { timeOption } from "../cli/time.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { readProject, shownErrors } from "../run/project.ts";
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
    terminal.out(shownErrors(problems, texts, wantsColour(terminal)));
    return exit.problem;
  }
  const way = wayThrough(alert, { ...read, plan }, at);
  terminal.out(format === "json" ? `${JSON.stringify(way, null, 2)}\n` : drawWay(way));
  return exit.good;
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
