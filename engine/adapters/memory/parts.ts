/**
 * The parts of one key in memory. There are millions of these and nearly all have one or two parts, for which a map of
 * their own would weigh more than what they hold: names and texts lie in turn in one array, up to a few dozen parts.
 */

/** Parts up to which names are looked for one after the other. */
const most = 32;

export class Parts {
  private few: string[] = [];
  private many: Map<string, string> | undefined = undefined;

  get size(): number {
    return this.many?.size ?? this.few.length / 2;
  }

  set(part: string, text: string): void {
    if (this.many !== undefined) {
      this.many.set(part, text);
      return;
    }
    const at = this.placeOf(part);
    if (at >= 0) this.few[at + 1] = text;
    else if (this.few.length < 2 * most) this.few.push(part, text);
    else {
      this.many = this.all().set(part, text);
      this.few = [];
    }
  }

  delete(part: string): void {
    this.many?.delete(part);
    const at = this.placeOf(part);
    if (at >= 0) this.few.splice(at, 2);
  }

  /** A copy, which stays as it is. */
  all(): Map<string, string> {
    const all = new Map(this.many);
    for (let at = 0; at < this.few.length; at += 2) all.set(this.few[at]!, this.few[at + 1]!);
    return all;
  }

  private placeOf(part: string): number {
    for (let at = 0; at < this.few.length; at += 2) if (this.few[at] === part) return at;
    return -1;
  }
}
