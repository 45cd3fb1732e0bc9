/**
 * Lists of packs that lie in Redis, for as long as the process runs: each is read again every so often, and the Sets of
 * every plan that reads it are filled with what was found. A plan that is gone is forgotten with its Sets.
 */
import type { LiveList } from "../compile/plan.ts";
import { type ListValues, type Watch, watchList } from "./redis/lists.ts";
import type { RedisConnection } from "./redis/port.ts";

type Values = LiveList["values"];

interface Followed {
  readonly watch: Watch;
  /** Sets of the plans that read the list. */
  readonly readers: Set<WeakRef<Values>>;
  now: ListValues | undefined;
}

export class RedisLists {
  private readonly followed = new Map<string, Followed>();

  /** `log` is told when a list cannot be read, and when it can be again. */
  constructor(private readonly redis: RedisConnection, private readonly log: (line: string) => void) {}

  /** Fills the lists of a plan from now on. Resolves when each has been read once. */
  async follow(lists: readonly LiveList[]): Promise<void> {
    const following = lists.map((list) => {
      const name = JSON.stringify([list.key, list.type, list.refresh]);
      const followed = this.followed.get(name) ?? this.begin(name, list);
      followed.readers.add(new WeakRef(list.values));
      if (followed.now !== undefined) fill(list.values, followed.now);
      return followed.watch.ready;
    });
    await Promise.all(following);
  }

  close(): void {
    for (const { watch } of this.followed.values()) watch.close();
    this.followed.clear();
  }

  private begin(name: string, list: LiveList): Followed {
    const readers: Followed["readers"] = new Set();
    const watch = watchList(this.redis, list, {
      changed: (values) => {
        followed.now = values;
        for (const reader of readers) {
          const filled = reader.deref();
          if (filled === undefined) readers.delete(reader);
          else fill(filled, values);
        }
      },
      trouble: (reason) =>
        this.log(
          reason === undefined ? `The list "${list.key}" can be read again` : `The list "${list.key}": ${reason}`,
        ),
    });
    const followed: Followed = { watch, readers, now: undefined };
    this.followed.set(name, followed);
    return followed;
  }
}

function fill(into: Values, values: ListValues): void {
  into.clear();
  for (const value of values) into.add(value);
}
