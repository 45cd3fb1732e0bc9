/** Java servers for tests: a Java that is new enough, and jars through Maven into a cache folder, once. */
import { aptInstall, isInstalled, must, output } from "./service.ts";

/** Kafka 4 needs it to run a broker, OpenSearch 2 takes it. */
const oldestJava = 17;

/** Throws a sentence that names `variable`, which holds the address of a server elsewhere. */
export async function prepareJava(variable: string): Promise<void> {
  for (const name of ["default-jre-headless", "openjdk-21-jre-headless", "openjdk-17-jre-headless"]) {
    if (await javaVersion() >= oldestJava) return;
    await aptInstall(name).catch(() => {});
  }
  if (await javaVersion() < oldestJava) {
    throw new Error(`Tests need Java ${oldestJava} or later: install it, or set ${variable}`);
  }
}

/** Major version of the Java on the path; 0 when there is none. */
async function javaVersion(): Promise<number> {
  const { text } = await output(["java", "-version"]);
  return Number(/version "(\d+)/.exec(text)?.[1] ?? 0);
}

/** What the file `pom` depends on goes into the folder `into` of the one that is filled. */
export interface JarSet {
  readonly pom: string;
  readonly into: string;
}

/**
 * Fills a folder with jars and further `files`, texts by path, unless it holds the same already. It is moved into place
 * at once, so that a download that was cut off is never taken for a whole one.
 */
export async function fetchJars(
  place: string,
  sets: readonly JarSet[],
  files: { readonly [path: string]: string } = {},
): Promise<void> {
  const poms = await Promise.all(sets.map(({ pom }) => Deno.readTextFile(pom)));
  const wanted = [...poms, ...Object.values(files)].join("\n");
  if (await Deno.readTextFile(`${place}/wanted`).catch(() => "") === wanted) return;
  if (!await isInstalled("mvn", "--version")) await aptInstall("maven");
  const folder = `${place}.${Deno.pid}`;
  for (const { pom, into } of sets) {
    await must(["mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${folder}/${into}`]);
  }
  for (const [path, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${path}`, text);
  await Deno.writeTextFile(`${folder}/wanted`, wanted);
  await Deno.remove(place, { recursive: true }).catch(() => {});
  await Deno.rename(folder, place);
}
