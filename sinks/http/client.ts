/**
 * The one HTTP client of all sinks. A name is resolved once a connection, every address it has is judged, and the
 * connection goes to the address that was judged: what a name says a moment later (DNS rebinding) changes nothing.
 * Redirects are not followed, an answer has a deadline and a size. No error names more of a URL than its host.
 */
import { Buffer } from "node:buffer";
import { lookup as resolveName } from "node:dns/promises";
import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { sleep } from "../../engine/adapters/clock.ts";
import type { Millis } from "../../engine/model/time.ts";
import { isPublicAddress } from "./address.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface Answer {
  readonly host: string;
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The body, at most `answerMax` bytes of it. */
  readonly text: string;
}

export interface HttpSettings {
  /** From the first byte sent to the last byte read. */
  readonly timeout: Millis;
  /** Whether private, loopback and link-local addresses may be called. */
  readonly allowPrivate: boolean;
  /** Bytes of an answer that are read; the rest is not waited for. */
  readonly answerMax: number;
  /** Connections to one host at a time. */
  readonly connections: number;
  /** Certificates in PEM that are trusted instead of the system's. */
  readonly ca?: string;
  /** Addresses of a name; the system's resolver by default. */
  readonly resolve?: (name: string) => Promise<readonly Address[]>;
}

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface HttpClient {
  /** Rejects with an `HttpError` when there is no answer. */
  readonly send: (request: HttpRequest) => Promise<Answer>;
  /** Requests without an answer since the last answer. */
  readonly silences: () => number;
  readonly close: () => void;
}

/** No answer came. `forbidden`: the address may not be called, now or later. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(message: string, readonly forbidden = false) {
    super(message);
  }
}

/** What suits a server that the operator chose: any address, 10 s, large answers. */
export const trusted: HttpSettings = {
  timeout: 10_000,
  allowPrivate: true,
  answerMax: 16 * 1024 * 1024,
  connections: 8,
};

export function openHttp(settings: HttpSettings): HttpClient {
  const options = { keepAlive: true, maxSockets: settings.connections };
  const tls = settings.ca === undefined ? {} : { ca: settings.ca };
  const agents = { "http:": new http.Agent(options), "https:": new https.Agent({ ...options, ...tls }) };
  let silences = 0;
  return {
    async send(request) {
      try {
        const answer = await send(request, settings, agents);
        silences = 0;
        return answer;
      } catch (error) {
        silences++;
        throw error;
      }
    },
    silences: () => silences,
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

type Agents = { readonly "http:": http.Agent; readonly "https:": https.Agent };

async function send(request: HttpRequest, settings: HttpSettings, agents: Agents): Promise<Answer> {
  const { url } = request;
  const { protocol } = url;
  if (protocol !== "http:" && protocol !== "https:") throw new HttpError(`${protocol} is not http or https`, true);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) judge(host, [{ address: host, family: isIP(host) }], settings);
  const answered = new AbortController();
  const late = new AbortController();
  const deadline = sleep(settings.timeout, answered.signal).then(() => {
    if (!answered.signal.aborted) late.abort();
  });
  try {
    return await exchange(request, settings, agents[protocol], late.signal);
  } finally {
    answered.abort();
    await deadline;
  }
}

/** Throws unless every address of the name may be called. */
function judge(host: string, addresses: readonly Address[], { allowPrivate }: HttpSettings): void {
  if (addresses.length === 0) throw new HttpError(`${host} has no address`);
  if (allowPrivate || addresses.every(({ address }) => isPublicAddress(address))) return;
  throw new HttpError(`${host} is not an address of the public internet, and private ones are not allowed`, true);
}

function exchange(
  { url, method, headers, body }: HttpRequest,
  settings: HttpSettings,
  agent: http.Agent,
  late: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const options: RequestOptions = {
      method,
      agent,
      headers: { ...headers, "content-length": String(bytes.length) },
      lookup: judgedLookup(settings),
    };
    const fail = (error: Error) => reject(error instanceof HttpError ? error : new HttpError(lost(url, error)));
    const take = (message: IncomingMessage) =>
      read(message, settings.answerMax).then((text) => {
        const retryAfter = message.headers["retry-after"];
        resolve({ host: url.host, status: message.statusCode ?? 0, retryAfter, text });
      }, fail);
    const request = url.protocol === "https:" ? https.request(url, options, take) : http.request(url, options, take);
    request.on("error", fail);
    late.addEventListener("abort", () => {
      fail(new HttpError(`${url.host} did not answer within ${settings.timeout} ms`));
      request.destroy();
    });
    request.end(bytes);
  });
}

function lost(url: URL, error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `the name ${url.hostname} cannot be resolved`;
  if (code === "ECONNREFUSED" || /refused/i.test(error.message)) return `${url.host} does not listen`;
  return `the connection to ${url.host} ended before its answer did${code === "" ? "" : ` (${code})`}`;
}

/** Node's lookup, with every address judged before one of them is used. */
function judgedLookup(settings: HttpSettings): NonNullable<RequestOptions["lookup"]> {
  const resolve = settings.resolve ?? ((name: string) => resolveName(name, { all: true }));
  return (host, { all }, done) => {
    resolve(host).then((addresses) => {
      judge(host, addresses, settings);
      const [first = { address: "", family: 0 }] = addresses;
      if (all === true) done(null, [...addresses]);
      else done(null, first.address, first.family);
    }).catch((error: Error) => done(error, ""));
  };
}

/** The text of an answer, cut at `most` bytes. Rejects when the connection ends before the answer does. */
async function read(message: IncomingMessage, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of message) {
    if (!(part instanceof Uint8Array)) continue;
    parts.push(part);
    size += part.length;
    if (size >= most) {
      message.destroy();
      break;
    }
  }
  if (size < most && !message.complete) throw new Error("the answer was cut off");
  return new TextDecoder().decode(Buffer.concat(parts).subarray(0, most));
}
