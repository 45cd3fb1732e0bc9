/**
 * Alerts on standard output: a readable line or two on a terminal, NDJSON everywhere else. Text that comes from events is
 * never trusted with the terminal: control characters are shown, not obeyed.
 */
import type { Alert, OutputRecord, Severity } from "../engine/model/alert.ts";
import type { Fields, Value } from "../engine/model/value.ts";
import type { Delivery, SinkKind } from "./sink.ts";

export const stdout: SinkKind = {
  name: "stdout",
  summary: "Prints alerts: for people on a terminal, as NDJSON otherwise",
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      format: {
        description: "`text` for people, `json` for programs; by default what suits the output.",
        type: "string",
        enum: ["text", "json"],
      },
    },
  },
  secondSend: "prints the line again; it has the id",
  batchMax: 500,
  create: (options, { output }) => {
    const asText = (options.format ?? (output.isTerminal ? "text" : "json")) === "text";
    const render = asText ? (delivery: Delivery) => readable(delivery, output.isTerminal) : asJson;
    return {
      open: () => Promise.resolve(),
      close: () => Promise.resolve(),
      deliver(batch) {
        output.write(batch.map((delivery) => `${render(delivery)}\n`).join(""));
        return Promise.resolve(batch.map(() => ({ result: "delivered" })));
      },
    };
  },
  example: "screen: { stdout: {} }",
};

function asJson(delivery: Delivery): string {
  return JSON.stringify("alert" in delivery ? delivery.alert : delivery.record);
}

function readable(delivery: Delivery, colour: boolean): string {
  const paint = (code: string, text: string) => colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  return "alert" in delivery ? ofAlert(delivery.alert, paint) : ofRecord(delivery.record, paint);
}

type Paint = (code: string, text: string) => string;

const colours: Record<Severity, string> = { critical: "1;97;41", high: "1;31", warning: "33", info: "36" };

function ofAlert(alert: Alert, paint: Paint): string {
  const resolved = alert.status === "resolved";
  const badge = resolved ? paint("32", "RESOLVED") : paint(colours[alert.severity], alert.severity.toUpperCase());
  const padding = " ".repeat(Math.max(0, 8 - (resolved ? 8 : alert.severity.length)));
  const facts = pairs({ ...alert.key, ...alert.entities, ...alert.values });
  const held = alert.suppressed > 0 ? ` (+${alert.suppressed} held back)` : "";
  const first = `${paint("2", clockTime(alert.event_time))} ${badge}${padding} ${
    paint("1", `${alert.pack}/${alert.rule}`)
  }`;
  return `${first}  ${plain(alert.message || alert.title)}${held}${facts === "" ? "" : paint("2", `  ${facts}`)}`;
}

function ofRecord(record: OutputRecord, paint: Paint): string {
  const facts = pairs({ ...record.key, ...record.values });
  const name = `${record.pack}/${record.rule} -> ${record.output}`;
  return paint("2", `${clockTime(record.event_time)} record   ${name}  ${facts}`);
}

/** 10:02:03.004 of an RFC 3339 time. */
function clockTime(time: string): string {
  return time.slice(11, 23);
}

function pairs(fields: Fields): string {
  return Object.entries(fields).map(([name, value]) => `${name}=${plain(shown(value))}`).join(" ");
}

function shown(value: Value): string {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Control characters as escapes, so that no event moves the cursor or changes a title. */
function plain(text: string): string {
  return text.replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
