/** What a deployment with many instances cannot have: said before anything is opened. */
import type { Deployment } from "../../../engine/config/deployment.ts";

/** The reason why many instances cannot run this; undefined when they can. */
export function refusedForMany({ instances, source, store }: Deployment): string | undefined {
  if (instances !== "many") return undefined;
  if (source.kind !== "kafka") {
    return `\`instances: many\` shares the partitions of Kafka, and the source is ${source.kind}: ` +
      "write `source: {kafka: …}`, or `instances: one`";
  }
  if (store.kind !== "redis") {
    return `\`instances: many\` keeps state where every instance reaches it, and the store is ${store.kind}: ` +
      "write `store: {redis: …}`, or `instances: one`";
  }
  return undefined;
}
