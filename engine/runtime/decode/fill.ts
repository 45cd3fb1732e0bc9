/** Topic patterns: `factory-{factory}.{type}` fills `factory` and `type` where an event lacks them (language.md §1). */
import type { Fields } from "../../model/value.ts";
import { parseTopic } from "../../model/topic.ts";

const noPlaces: Fields = {};

/** Fills fields that an event lacks from the places of its topic's name; the event itself for plain topics. */
export function topicFiller(topics: readonly string[]): (data: Fields, topic: string) => Fields {
  const patterns = topics.flatMap((topic) => parseTopic(topic) ?? []).filter((pattern) => pattern.isPattern);
  if (patterns.length === 0) return (data) => data;
  const known = new Map<string, Fields>();
  const placesOf = (topic: string): Fields => {
    for (const pattern of patterns) {
      const texts = pattern.match(topic);
      if (texts !== undefined) return Object.fromEntries(pattern.places.map((name, i) => [name, texts[i] ?? ""]));
    }
    return noPlaces;
  };
  return (data, topic) => {
    let places = known.get(topic);
    if (places === undefined) known.set(topic, places = placesOf(topic));
    return lacksAny(data, places) ? { ...data, ...missingFrom(data, places) } : data;
  };
}

function lacksAny(data: Fields, places: Fields): boolean {
  for (const name in places) if (data[name] === undefined || data[name] === null) return true;
  return false;
}

function missingFrom(data: Fields, places: Fields): Fields {
  return Object.fromEntries(Object.entries(places).filter(([name]) => data[name] === undefined || data[name] === null));
}
