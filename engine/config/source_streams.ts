/** Streams that a source names and no contract declares. */
import { type Path, type Problem, problem } from "../model/problem.ts";
import { deploymentProblems } from "../model/problems/deployment.ts";
import type { Deployment } from "./deployment.ts";

/** One problem for each stream; `known` are the streams of the contracts. */
export function undeclaredStreams({ source, file }: Deployment, known: readonly string[]): Problem[] {
  return named(source).filter(({ stream }) => !known.includes(stream)).map(({ stream, path, at }) =>
    problem(deploymentProblems.unknownStream, { file, path: ["source", ...path], at }, { stream, known })
  );
}

interface Named {
  readonly stream: string;
  readonly path: Path;
  readonly at: "key" | "value";
}

function named(source: Deployment["source"]): readonly Named[] {
  switch (source.kind) {
    case "files":
      return Object.keys(source.files).map((stream) => ({ stream, path: ["files", stream], at: "key" }));
    case "stdin":
      return [{ stream: source.stream, path: ["stdin"], at: "value" }];
    case "generator":
      return source.streams.map((stream, i) => ({ stream, path: ["generator", "streams", i], at: "value" }));
    case "kafka":
    case "http":
      return [];
  }
}
