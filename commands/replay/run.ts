/** Runs `vigie replay`. */
import { monotonic } from "../../engine/adapters/clock.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { renderProblems } from "../../engine/load/render.ts";
import { type LoadedFile, readLookupRows, readThresholds } from "../../engine/load/thresholds.ts";
import { fixedLookups } from "../../engine/model/lookup.ts";
import { fixedThresholds } from "../../engine/model/threshold.ts";
import { buildProject, type Project } from "../../engine/project.ts";
import type { Surroundings } from "../../engine/runtime/rehearsal.ts";
import { replay, type ReplayOptions, type ReplayResult } from "../../engine/runtime/replay.ts";
import { chosenBrokers, withKafka } from "../cli/brokers.ts";
import { wantsColour } from "../cli/colour.ts";
import type { SoundDeployment } from "../cli/deployment.ts";
import { chosenPrivacy } from "../cli/privacy.ts";
import { chosenPaths } from "../cli/paths.ts";
import { createProgress } from "../cli/progress.ts";
import { grouped, table } from "../cli/table.ts";
import { timeOption } from "../cli/time.ts";
import { exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { openOutlet } from "./outlet.ts";
import { readOverrides, withOverrides } from "./overrides.ts";
import { filesByStream, type OpenedRecordings, openRecordings } from "./recordings.ts";
import { openTopics, topicsByStream } from "./topics.ts";

/** Exit code 1 when a pack has an error, 0 when the events were read to their end. */
export async function runReplay(given: Given, terminal: Terminal): Promise<ExitCode> {
  const [events, topics] = [given.texts("events"), given.texts("kafka")];
  if (events.length === 0 && topics.length === 0) throw new UsageError(nothing);
  if (events.length > 0 && topics.length > 0) {
    throw new UsageError("Events come from files or from Kafka: say `--events` or `--kafka`, not both");
  }
  const span = { from: timeOption(given, "from"), to: timeOption(given, "to") };
  const until = timeOption(given, "until");
  const config = given.text("config");
  const read = config === undefined ? undefined : await deploymentAt(config, terminal);
  if (config !== undefined && read === undefined) return exit.problem;
  const project = await projectOf(given, read);
  if (project.plan === undefined) return refuse(project, terminal);
  const { plan, streams } = project;
  const extras = await readExtras(given, read?.deployment);
  if ("problems" in extras) return refuse(extras, terminal);
  const options = { ...defined({ until }), ...extras };
  if (topics.length === 0) {
    const opened = await openRecordings(filesByStream(events, streams));
    await replayAll(plan, opened, { ...options, ...defined(span) }, given, terminal);
    return exit.good;
  }
  const chosen = topicsByStream(topics, streams);
  const log = (line: string) => terminal.err(`${line}\n`);
  await withKafka(chosenBrokers(given, "brokers", read?.deployment), async (kafka) => {
    const opened = await openTopics(kafka, chosen, span, log);
    await replayAll(plan, opened, options, given, terminal);
  });
  return exit.good;
}

const nothing = "Nothing to replay: name recorded events with `--events STREAM=FILE`, or a topic with `--kafka TOPIC`";

/** Sinks bring their client libraries along, so they are imported only where there is a deployment to read. */
async function deploymentAt(path: string, terminal: Terminal): Promise<SoundDeployment | undefined> {
  return await (await import("../cli/deployment.ts")).soundDeployment(path, "replay", terminal);
}

/** The packs and contracts that were chosen, with the parameters of the deployment and those that were typed over them. */
async function projectOf(given: Given, read: SoundDeployment | undefined): Promise<Project> {
  const typed = given.texts("param");
  // What was typed stands in no file.
  const paramsFile = read === undefined || typed.length > 0 ? {} : { paramsFile: read.deployment.file };
  const params = read?.deployment.params ?? {};
  const project = await buildProject(
    { ...await chosenPaths(given, read?.deployment), tests: false },
    ({ packs }) => ({ params: withOverrides(params, readOverrides(typed, packs)), ...paramsFile }),
  );
  return { ...project, texts: new Map([...project.texts, ...read?.texts ?? []]) };
}

async function replayAll(
  plan: Plan,
  opened: OpenedRecordings,
  options: ReplayOptions,
  given: Given,
  terminal: Terminal,
): Promise<void> {
  const { outlet, close } = openOutlet(given);
  const progress = createProgress("events", terminal);
  const begin = monotonic();
  try {
    const shown = { ...options, progress: (events: number) => progress.show(opened.share(), events) };
    const result = await replay(plan, opened.recordings, outlet, shown);
    close();
    progress.end();
    terminal.out(`${describe(result)}\n`);
    terminal.err(`${rate(result.events, monotonic() - begin)}\n`);
  } finally {
    progress.end();
    await opened.close();
  }
}

/** Options without those that were not given. */
function defined(options: { readonly [K in "from" | "to" | "until"]?: number | undefined }): ReplayOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Thresholds and rows of lookups from the files that the options name. */
async function readExtras(
  given: Given,
  deployment: Deployment | undefined,
): Promise<Surroundings | LoadedFile<unknown>> {
  const [thresholds, lookups] = [given.text("thresholds"), given.text("lookups")];
  const owned = thresholds === undefined ? undefined : await readThresholds(thresholds);
  const rows = lookups === undefined ? undefined : await readLookupRows(lookups);
  for (const file of [owned, rows]) if (file !== undefined && file.content === undefined) return file;
  const privacy = await chosenPrivacy(given, deployment);
  return {
    ...(privacy === undefined ? {} : { privacy }),
    ...(owned?.content !== undefined && { thresholds: fixedThresholds(owned.content) }),
    ...(rows?.content !== undefined && { lookups: fixedLookups(rows.content) }),
  };
}

function refuse({ problems, texts }: Pick<LoadedFile<unknown>, "problems" | "texts">, terminal: Terminal): ExitCode {
  const colour = wantsColour(terminal);
  const errors = problems.filter(({ severity }) => severity === "error");
  terminal.err(renderProblems(errors, texts, { colour }));
  return exit.problem;
}

/** The closing table, the same in every run over the same events. */
function describe({ rules, events, late, dead, skipped }: ReplayResult): string {
  const rows = rules.map(({ rule, counts }) => [
    rule.name,
    counts.events,
    counts.matched,
    counts.alerts,
    counts.records,
    counts.suppressed,
  ]);
  const totals = [
    `${grouped(events)} events`,
    `${grouped(late)} late`,
    `${grouped(dead)} dead letters`,
    ...(skipped > 0 ? [`${grouped(skipped)} tombstones`] : []),
  ];
  return `${table(["rule", "events in", "matched", "alerts", "records", "suppressed"], rows)}\n\n${totals.join(", ")}`;
}

function rate(events: number, millis: number): string {
  const seconds = Math.max(millis, 1) / 1000;
  return `${seconds.toFixed(1)} s, ${grouped(Math.round(events / seconds))} events/s`;
}
