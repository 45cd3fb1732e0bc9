/** A certificate for tests, made by openssl and trusted by nobody else. */
import { aptInstall, isInstalled, must } from "./service.ts";

/** Key and certificate in PEM for a name; the certificate is its own authority. */
export async function certificateFor(name: string): Promise<{ readonly key: string; readonly cert: string }> {
  if (!await isInstalled("openssl", "version")) await aptInstall("openssl");
  const folder = await Deno.makeTempDir({ prefix: "vigie-tls-" });
  const [keyFile, certFile] = [`${folder}/key.pem`, `${folder}/cert.pem`];
  await must([
    "openssl",
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"],
    ...["-keyout", keyFile, "-out", certFile, "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
  ]);
  const [key, cert] = await Promise.all([keyFile, certFile].map((file) => Deno.readTextFile(file)));
  await Deno.remove(folder, { recursive: true });
  return { key: key ?? "", cert: cert ?? "" };
}
