/** When the second stage is told how far source partitions have come: twice a second, where something has changed. */
import type { Millis } from "../../model/time.ts";
import { partitionName } from "../source.ts";
import type { Progress } from "./passed.ts";

const tellMillis = 500;

export class Telling {
  private readonly told = new Map<string, Progress>();
  private last: Millis = -Infinity;

  /** What is news now, which counts as told; nothing before it is time to. */
  news(sources: readonly Progress[], now: Millis): readonly Progress[] {
    if (now < this.last + tellMillis) return [];
    const news = sources.filter((progress) => this.isNews(progress));
    if (news.length > 0) this.last = now;
    for (const progress of news) this.told.set(partitionName(progress.source), { ...progress });
    return news;
  }

  /** When there will be news, on the monotonic clock; Infinity when nothing has changed. */
  due(sources: readonly Progress[]): Millis {
    return sources.some((progress) => this.isNews(progress)) ? this.last + tellMillis : Infinity;
  }

  private isNews({ source, next, watermark, state }: Progress): boolean {
    const told = this.told.get(partitionName(source));
    return told === undefined || told.next !== next || told.watermark !== watermark || told.state !== state;
  }
}
