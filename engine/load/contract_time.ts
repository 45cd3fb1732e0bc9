/** Reads `time` and `time_unit` of a contract, and checks them against the schema of the events. */
import type { TimeSource } from "../model/contract.ts";
import { contractProblems as problems } from "../model/problems/contracts.ts";
import { describeType, type FieldType, type ObjectType } from "../model/type.ts";
import { type Draft, fieldOf, formatOf, text } from "./contract_draft.ts";

const changeTimes = { "change.ts_ms": "ts_ms", "change.source_ts_ms": "source_ts_ms" } as const;
const timeUnits = ["s", "ms", "us", "ns"] as const;

/** The time source of a contract; one that was reported as wrong is as written. */
export function timeOf(draft: Draft, type: ObjectType): TimeSource {
  const written = text(draft.yaml.time) ?? "";
  const unit = text(draft.yaml.time_unit);
  if (written === "kafka_timestamp") {
    rejectUnit(draft, written, "a timestamp in milliseconds", unit);
    return { from: "kafka_timestamp" };
  }
  if (written === "change.ts_ms" || written === "change.source_ts_ms") {
    if (formatOf(draft.yaml) !== "debezium") draft.report(problems.changeWithoutDebezium, ["time"], { field: written });
    rejectUnit(draft, written, "a number of milliseconds", unit);
    return { from: "change", field: changeTimes[written] };
  }
  checkTimeField(draft, type, written, unit);
  return { from: "field", field: written, unit: unit === undefined ? undefined : unitOf(unit) };
}

function unitOf(text: string): typeof timeUnits[number] | undefined {
  return timeUnits.find((unit) => unit === text);
}

function rejectUnit(draft: Draft, field: string, type: string, unit: string | undefined): void {
  if (unit !== undefined) draft.report(problems.timeUnit, ["time_unit"], { field, type, unit });
}

function checkTimeField(draft: Draft, type: ObjectType, name: string, unit: string | undefined): void {
  const { schemaFile } = draft.input;
  const field = fieldOf(type, name);
  if (field === undefined) {
    const candidates = Object.keys(type.fields).filter((other) => canBeTime(type.fields[other]));
    return draft.report(problems.timeUnknown, ["time"], { field: name, candidates, schemaFile });
  }
  const kind = field.type.kind;
  if (!canBeTime(field)) {
    return draft.report(problems.timeType, ["time"], { field: name, type: describeType(field.type), schemaFile });
  }
  if (kind === "string") rejectUnit(draft, name, "a string", unit);
  if (kind === "number" && unit === undefined) {
    draft.report(problems.timeUnit, ["time"], { field: name, type: "a number", unit });
  }
  if (field.optional) draft.report(problems.timeOptional, ["time"], { field: name, schemaFile });
}

function canBeTime(field: FieldType | undefined): boolean {
  return field?.type.kind === "string" || field?.type.kind === "number" || field?.type.kind === "any";
}
