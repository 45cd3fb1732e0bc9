/**
 * An S3 server for tests: s3rver keeps the objects, and before it each request's signature is made again by AWS's own
 * library and compared, which s3rver does not do for the fourth version.
 */
import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import S3rver from "s3rver";

export interface S3Service {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Objects by key, in the order of their keys. */
  readonly objects: () => Promise<ReadonlyMap<string, Uint8Array>>;
  readonly stop: () => Promise<void>;
}

const region = "us-east-1";
/** The only access key that s3rver knows. */
export const accessKey = "S3RVER";

export async function s3Service(bucket: string, secretKey: string): Promise<S3Service> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-s3-" });
  const store = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { port } = await store.run();
  const front = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const fault = await faultOf(request, body, secretKey);
    if (fault !== undefined) return new Response(`<Error><Code>${fault}</Code></Error>`, { status: 403 });
    const { pathname } = new URL(request.url);
    const headers = { "content-type": request.headers.get("content-type") ?? "" };
    return await fetch(`http://127.0.0.1:${port}${pathname}`, { method: request.method, headers, body });
  });
  const read = async (key: string) => {
    const path = key.split("/").map(encodeURIComponent).join("/");
    return new Uint8Array(await (await fetch(`http://127.0.0.1:${port}/${bucket}/${path}`)).arrayBuffer());
  };
  return {
    address: `127.0.0.1:${front.addr.port}`,
    async objects() {
      const list = await (await fetch(`http://127.0.0.1:${port}/${bucket}?max-keys=1000`)).text();
      const keys = [...list.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = ""]) => decodeURIComponent(key)).sort();
      return new Map(await Promise.all(keys.map(async (key) => [key, await read(key)] as const)));
    },
    async stop() {
      await front.shutdown();
      await store.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** The code of S3's error when the signature or the hash of the body is wrong. */
async function faultOf(request: Request, body: Uint8Array, secretKey: string): Promise<string | undefined> {
  const given = request.headers.get("authorization") ?? "";
  const signed = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(";") ?? [];
  const hash = request.headers.get("x-amz-content-sha256") ?? "";
  if (hash !== createHash("sha256").update(body).digest("hex")) return "XAmzContentSHA256Mismatch";
  const url = new URL(request.url);
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    sha256: Sha256,
    uriEscapePath: false,
  });
  const date = request.headers.get("x-amz-date") ?? "";
  const again = await signer.sign({
    method: request.method,
    protocol: "http:",
    hostname: url.hostname,
    path: url.pathname,
    query: {},
    headers: Object.fromEntries(signed.map((name) => [name, request.headers.get(name) ?? ""])),
    body,
  }, { signingDate: new Date(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5")) });
  return again.headers.authorization === given ? undefined : "SignatureDoesNotMatch";
}

/** The hash that the library asks for, by Node's. */
class Sha256 {
  private readonly parts: Uint8Array[] = [];

  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {}

  update(part: string | ArrayBuffer | ArrayBufferView): void {
    this.parts.push(bytesOf(part));
  }

  digest(): Promise<Uint8Array> {
    const content = Buffer.concat(this.parts);
    const made = this.secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(this.secret));
    return Promise.resolve(new Uint8Array(made.update(content).digest()));
  }

  reset(): void {
    this.parts.length = 0;
  }
}

function bytesOf(part: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof part === "string") return Buffer.from(part, "utf8");
  return ArrayBuffer.isView(part)
    ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    : new Uint8Array(part);
}
