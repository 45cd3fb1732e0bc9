import { expect } from "expect";
import { smtpService } from "../tests/services/smtp.ts";
import { alertOf, burst, openGate, resultsOf, testContext, testSink } from "./compliance.ts";
import { email } from "./email.ts";
import type { Delivery } from "./sink.ts";

const unmeasured = { sanitizeOps: false, sanitizeResources: false };
const secret = "s3cr3t-of-vigie";

async function trial() {
  const refuse = (recipient: string) => recipient.startsWith("nobody@") ? "no such mailbox" : undefined;
  const server = await smtpService("vigie", secret, refuse);
  const gate = openGate(server.address);
  return {
    options: {
      url: `smtp://vigie:${secret}@${gate.address}`,
      from: "Vigie <alerts@example.com>",
      to: "oncall@example.com",
    },
    context: testContext(),
    gate,
    secret,
    server,
    shown: (item: Delivery) => "alert" in item ? `<${item.alert.id}@example.com>` : "",
    received: () => Promise.resolve(server.texts.map((text) => /^Message-ID: (\S+)/m.exec(text)?.[1])),
    remove: () => server.stop(),
  };
}

testSink(email, trial, { network: "tcp" });

Deno.test({
  name: "what an on-call person reads in a mail",
  ...unmeasured,
  async fn() {
    const { options, context, server, gate, remove } = await trial();
    const sink = email.create({ ...options, to: ["{labels.team}@example.com", "lead@example.com"] }, context);
    const verdicts = await sink.deliver([{ alert: burst }]);
    expect(resultsOf(verdicts)).toEqual(["delivered"]);
    const [mail] = await server.mails();
    expect(mail?.subject).toBe("[CRITICAL] Too many API errors of one merchant (m-17)");
    expect(JSON.stringify(mail?.to)).toMatch(/platform@example.com.*lead@example.com/);
    expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail?.text).toBe(`CRITICAL: Too many API errors of one merchant

7.3 % of 4,210 requests of merchant m-17 failed within a minute

Who        merchant_id m-17, merchant m-17
Since      02:59:00 to 03:00:00 UTC on 2026-01-05
Limit      error_rate 0.0731, 46 % over 0.05
Values     total 4,210, failed 308, error_rate 0.0731
Events     308, one of them at api-logs, partition 3, offset 881
Held back  12 more like this one
Rule       api/error-rate
Alert      8c1f

What to do: https://runbooks.example.com/api/error-rate
`);
    expect(mail?.html).toContain("Open the runbook");
    await sink.close();
    gate.close();
    await remove();
  },
});

Deno.test({
  name: "a resolved alert stands in the thread of the one that it resolves",
  ...unmeasured,
  async fn() {
    const { options, context, server, gate, remove } = await trial();
    const sink = email.create(options, context);
    await sink.deliver([{ alert: alertOf(2, { status: "resolved", episode: "a0" }) }]);
    const [mail] = await server.mails();
    expect([mail?.subject, mail?.inReplyTo]).toEqual(["[RESOLVED] A payment looks like fraud", "<a0@example.com>"]);
    await sink.close();
    gate.close();
    await remove();
  },
});

Deno.test({
  name: "a mailbox that does not exist is a rejection, a wrong password is not, and no event adds a recipient",
  ...unmeasured,
  async fn() {
    const { options, context, server, gate, remove } = await trial();
    const url = options.url.replace(secret, "another one");
    const cases = [
      [{ to: "nobody@example.com" }, "rejected"],
      [{ url }, "retry"],
      [{ to: "{entities.payment}" }, "rejected"],
      [{ to: "{labels.none}@example.com" }, "rejected"],
    ] as const;
    const alert = alertOf(0, { entities: { payment: "a@example.com, b@example.com" } });
    for (const [changes, result] of cases) {
      const sink = email.create({ ...options, ...changes }, context);
      expect(resultsOf(await sink.deliver([{ alert }]))).toEqual([result]);
      await sink.close();
    }
    expect(await server.mails()).toEqual([]);
    gate.close();
    await remove();
  },
});

Deno.test({
  name: "text of events stays text: no header, no markup",
  ...unmeasured,
  async fn() {
    const { options, context, server, gate, remove } = await trial();
    const sink = email.create(options, context);
    const title = "x\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>";
    await sink.deliver([{ alert: alertOf(0, { title, message: '<img src="http://evil">' }) }]);
    const [mail] = await server.mails();
    expect(mail?.bcc).toBe(undefined);
    expect(mail?.html).not.toMatch(/<script|<img/);
    await sink.close();
    gate.close();
    await remove();
  },
});

Deno.test("an address that is no SMTP address is not repeated", () => {
  const options = { url: `http://u:${secret}@host`, from: "a@b.c", to: "d@e.f" };
  expect(() => email.create(options, testContext())).toThrow(/needs an address such as smtp:/);
  expect(() => email.create(options, testContext())).toThrow(expect.not.stringMatching(secret));
});
