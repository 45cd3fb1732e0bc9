/** An SMTP server for tests: one user with a password, and every mail that it took. */
import { Buffer } from "node:buffer";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export interface SmtpService {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Every mail that it took, as it came. */
  readonly texts: readonly string[];
  /** The same, parsed. */
  readonly mails: () => Promise<readonly ParsedMail[]>;
  readonly stop: () => Promise<void>;
}

/** `refuse` names what is wrong with a recipient; undefined to take the mail. */
export async function smtpService(
  user: string,
  password: string,
  refuse: (recipient: string) => string | undefined = () => undefined,
): Promise<SmtpService> {
  const texts: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    size: 512 * 1024,
    onAuth: ({ username, password: given }, _session, done) =>
      username === user && given === password ? done(null, { user }) : done(new Error("wrong user or password")),
    onRcptTo: ({ address }, _session, done) => {
      const fault = refuse(address);
      done(fault === undefined ? null : Object.assign(new Error(fault), { responseCode: 550 }));
    },
    onData(stream, _session, done) {
      const parts: Uint8Array[] = [];
      stream.on("data", (part: Uint8Array) => parts.push(part));
      stream.on("end", () => {
        if (stream.sizeExceeded) return done(Object.assign(new Error("too large"), { responseCode: 552 }));
        texts.push(Buffer.concat(parts).toString());
        done(null, "taken");
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as { port: number };
  return {
    address: `127.0.0.1:${port}`,
    texts,
    mails: () => Promise.all(texts.map((text) => simpleParser(text))),
    stop: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
