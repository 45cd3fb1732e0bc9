/** An alert as an e-mail: a subject, a plain text, and a page that every mail programme shows. */
import type { Alert } from "../../engine/model/alert.ts";
import { clip, type Notice, noticeOf } from "./notice.ts";

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function mailOf(alert: Alert): Mail {
  const notice = noticeOf(alert);
  return { subject: subjectOf(alert, notice), text: textOf(notice), html: pageOf(notice) };
}

/** One line that tells enough on a locked telephone. */
function subjectOf({ key }: Alert, { badge, title }: Notice): string {
  const who = Object.values(key).filter((value) => typeof value !== "object").join(", ");
  return clip(`[${badge}] ${title}${who === "" ? "" : ` (${who})`}`.replace(/[\p{Cc}\s]+/gu, " "), 200);
}

function textOf({ badge, title, message, facts, runbook }: Notice): string {
  const width = Math.max(...facts.map(({ name }) => name.length));
  const lines = facts.map(({ name, value }) => `${name.padEnd(width)}  ${value}`);
  const help = runbook === undefined ? [] : ["", `What to do: ${runbook}`];
  return [`${badge}: ${title}`, "", clip(message, 20_000), "", ...lines, ...help, ""].join("\n");
}

const colours: Readonly<Record<string, string>> = {
  CRITICAL: "#b3261e",
  HIGH: "#c4500f",
  WARNING: "#8a6100",
  INFO: "#1f5fa8",
  RESOLVED: "#1e7a3c",
};

/** Styles stand in the elements, because mail programmes drop style sheets. */
function pageOf({ badge, title, message, facts, runbook }: Notice): string {
  const colour = colours[badge] ?? "#444444";
  const row = ({ name, value }: { name: string; value: string }) =>
    `<tr><td style="padding:4px 16px 4px 0;color:#666666;vertical-align:top;white-space:nowrap">${escaped(name)}</td>` +
    `<td style="padding:4px 0;word-break:break-word">${escaped(clip(value, 4_000))}</td></tr>`;
  const button = runbook === undefined ? "" : `<p style="margin:24px 0 0"><a href="${escaped(runbook)}" ` +
    `style="background:${colour};color:#ffffff;padding:10px 18px;border-radius:4px;text-decoration:none">Open the runbook</a></p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px;background:#f4f4f4;font:15px/1.5 Helvetica,Arial,sans-serif;color:#1a1a1a">
<div style="max-width:640px;margin:0 auto;background:#ffffff;border-top:6px solid ${colour};padding:24px">
<p style="margin:0;color:${colour};font-weight:bold;letter-spacing:1px">${badge}</p>
<h1 style="margin:4px 0 16px;font-size:22px;line-height:1.3">${escaped(title)}</h1>
<p style="margin:0 0 20px;font-size:17px;white-space:pre-line">${escaped(clip(message, 20_000))}</p>
<table style="border-collapse:collapse;font-size:14px">${facts.map(row).join("\n")}</table>
${button}</div></body></html>
`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}
