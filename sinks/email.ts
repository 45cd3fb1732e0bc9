/**
 * Alerts as e-mails by SMTP. The message id is the alert's, so mail programmes show a second send once, and a resolved
 * alert stands in the thread of the one that it resolves.
 */
import { createTransport } from "nodemailer";
import { sleep } from "../engine/adapters/clock.ts";
import type { Alert } from "../engine/model/alert.ts";
import type { Millis } from "../engine/model/time.ts";
import { alertsOnly, inOrder } from "./batch/order.ts";
import type { Sink, SinkKind, Verdict } from "./sink.ts";
import { fieldsOf } from "./text/content.ts";
import { mailOf } from "./text/mail.ts";
import { duration, millisOf, text, textsOf } from "./text/options.ts";
import { type PathTemplate, pathTemplate } from "./text/path_template.ts";
import { hidden } from "./text/secrets.ts";

export const email: SinkKind = {
  name: "email",
  summary: "Sends e-mails by SMTP",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url", "from", "to"],
    properties: {
      url: { description: "smtp://user:password@host:587 (STARTTLS where the server has it) or smtps://", ...text },
      from: { description: "Address of the sender, such as `Vigie <alerts@example.com>`.", ...text },
      to: {
        description: "An address, a template such as `{labels.team}@example.com`, or a list of them.",
        anyOf: [text, { type: "array", items: text, minItems: 1 }],
      },
      require_tls: { description: "Refuses to send where the server offers no TLS.", type: "boolean" },
      timeout: { description: "Longest wait for the server to take a mail; 30s by default.", ...duration },
    },
  },
  secondSend:
    "sends again with the same Message-ID, the id of the alert; the delivery log keeps that to what a crash interrupted",
  takes: "alerts",
  once: true,
  batchMax: 50,
  create({ url, from, to, require_tls, timeout }, { name }) {
    const address = smtpUrl(String(url), name);
    return openMail(address, {
      from: String(from),
      to: textsOf(to).map(pathTemplate),
      requireTls: require_tls === true,
      timeout: millisOf(timeout, 30_000),
    });
  },
  example: 'oncall: { email: { url: "${env:SMTP_URL}", from: "alerts@example.com", to: oncall@example.com } }',
};

interface MailSettings {
  readonly from: string;
  readonly to: readonly PathTemplate[];
  readonly requireTls: boolean;
  readonly timeout: Millis;
}

function smtpUrl(text: string, sink: string): URL {
  if (/^smtps?:\/\/[^/]/.test(text) && URL.canParse(text)) return new URL(text);
  throw new Error(`The sink "${sink}" needs an address such as smtp://user:password@host:587 in "url"`);
}

type Transport = ReturnType<typeof transportTo>;

function transportTo({ protocol, hostname, port, username, password }: URL, { requireTls, timeout }: MailSettings) {
  const secure = protocol === "smtps:";
  return createTransport({
    host: hostname,
    port: port === "" ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: requireTls,
    ...(username === "" ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    pool: true,
    maxConnections: 4,
    maxMessages: 1_000,
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
  });
}

function openMail(url: URL, settings: MailSettings): Sink {
  let transport: Transport | undefined;
  const secrets = [url.password];
  const send = async (alert: Alert): Promise<Verdict> => {
    const to = recipients(alert, settings.to);
    if (to === undefined) return { result: "rejected", reason: "the alert gives no e-mail address to send to" };
    const used = transport ??= transportTo(url, settings);
    try {
      await within(used.sendMail(messageOf(alert, settings.from, to)), settings.timeout, url.host);
      return { result: "delivered" };
    } catch (error) {
      const verdict = verdictOf(error, url.host, secrets);
      if (verdict.result === "retry" && transport === used) {
        used.close();
        transport = undefined;
      }
      return verdict;
    }
  };
  return {
    open: () => Promise.resolve(),
    deliver: (batch) => inOrder(batch, alertsOnly(send)),
    close() {
      transport?.close();
      transport = undefined;
      return Promise.resolve();
    },
  };
}

/** Every address, in order; undefined when one of them is none, because what comes from events must not add recipients. */
function recipients(alert: Alert, templates: readonly PathTemplate[]): readonly string[] | undefined {
  const addresses = templates.map((template) => template(fieldsOf({ alert })) ?? "");
  return addresses.every((address) => /^[^\s@,;<>"()\p{Cc}]+@[^\s@,;<>"()\p{Cc}]+$/u.test(address))
    ? addresses
    : undefined;
}

function messageOf(alert: Alert, from: string, to: readonly string[]) {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? "vigie.invalid";
  const name = (id: string) => `<${id.replace(/[^A-Za-z0-9._-]/g, "_")}@${domain}>`;
  return {
    ...mailOf(alert),
    from,
    to: [...to],
    messageId: name(alert.id),
    ...(alert.episode === alert.id ? {} : { inReplyTo: name(alert.episode), references: name(alert.episode) }),
    date: new Date(alert.detected_at),
    headers: { "Auto-Submitted": "auto-generated", "X-Vigie-Rule": `${alert.pack}/${alert.rule}`.replace(/\s/g, " ") },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

async function within<T>(work: Promise<T>, millis: Millis, host: string): Promise<T> {
  const over = new AbortController();
  const late = sleep(millis, over.signal).then((): never => {
    throw new Error(`${host} did not take the mail within ${millis} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    for (const promise of [work, late]) promise.catch(() => {});
    over.abort();
  }
}

/** Answers of a server that ask for other credentials or TLS: the operator can mend those. */
const credentials = new Set([454, 530, 534, 535, 538]);

/** SMTP refuses for good with 5xx and for now with 4xx; without an answer nothing is known. */
function verdictOf(error: unknown, host: string, secrets: readonly string[]): Verdict {
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : 0;
  const reason = hidden(`${host}: ${message}`, secrets).replace(/[\p{Cc}\s]+/gu, " ").slice(0, 300);
  if (status >= 500 && !credentials.has(status)) return { result: "rejected", reason };
  return { result: "retry", after: undefined, reason };
}
