/**
 * Personal data on its way out (language.md §1). Rules decide on clear values; what they say is evaluated again over
 * events whose personal fields are replaced, so that whatever an expression makes of such a field is made of what may be
 * shown. Card numbers are masked in everything.
 */
import { createHmac } from "node:crypto";
import type { Alert, CriterionResult, OutputRecord } from "../model/alert.ts";
import type { Personal } from "../model/contract.ts";
import type { CarriedEvents } from "../model/operator.ts";
import type { Scope } from "../model/scope.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { maskCards, maskCardsIn } from "./cards.ts";
import { strictest, treated } from "./marks.ts";
import { marksOfPath, type RulePersonal } from "./trace.ts";

/** Hexadecimal digits of an id: 128 bits. */
const idDigits = 32;

export class Privacy {
  /** Without a key hashed fields are dropped, and ids are plain hashes. */
  constructor(readonly key: string | undefined) {}

  /** Fields with their marks applied; what is dropped is not there. */
  fields(marks: { readonly [field: string]: Personal }, data: Fields): Fields {
    return Object.fromEntries(
      Object.entries(data).flatMap(([name, value]) => {
        const mark = Object.hasOwn(marks, name) ? marks[name] : undefined;
        const shown = mark === undefined ? value : treated(mark, value, this.key);
        return shown === undefined ? [] : [[name, shown]];
      }),
    );
  }

  events({ fields }: RulePersonal, events: CarriedEvents): CarriedEvents {
    return Object.fromEntries(
      Object.entries(events).map(([alias, data]) => [alias, data && this.fields(fields[alias] ?? {}, data)]),
    );
  }

  change({ before }: RulePersonal, change: Scope["change"]): Scope["change"] {
    return change && { ...change, before: change.before && this.fields(before, change.before) };
  }

  /** Parts of the key; null for what is dropped, so that the names stay. */
  keyParts({ key }: RulePersonal, parts: readonly Value[]): readonly Value[] {
    return parts.map((part, i) => {
      const mark = key[i];
      return mark === undefined ? part : treated(mark, part, this.key) ?? null;
    });
  }

  /** Aggregates, features and scores by name. */
  values({ values, everyValue }: RulePersonal, shown: Fields): Fields {
    return Object.fromEntries(
      Object.entries(shown).map(([name, value]) => {
        const mark = (Object.hasOwn(values, name) ? values[name] : undefined) ?? everyValue;
        return [name, mark === undefined ? value : treated(mark, value, this.key) ?? null];
      }),
    );
  }

  /** What criteria read, by dotted path. */
  criteria(personal: RulePersonal, criteria: readonly CriterionResult[]): readonly CriterionResult[] {
    return criteria.map((criterion) => ({
      ...criterion,
      values: Object.fromEntries(
        Object.entries(criterion.values).map(([path, value]) => [path, this.read(personal, path.split("."), value)]),
      ),
    }));
  }

  private read(personal: RulePersonal, path: readonly string[], value: Value): Value {
    const marks = marksOfPath(path, personal);
    const [mark] = marks;
    if (mark === undefined) return value;
    const isField = path.length === (path[0] === "change" ? 3 : 2) || path.length === 1 && marks.length === 1;
    const strict = isField ? mark : strictest(marks) ?? mark;
    return treated(strict, isFields(value) && !isField ? JSON.stringify(value) : value, this.key) ?? null;
  }

  /** An id that is made of personal fields: without the key nobody can try values until one fits. */
  identify(parts: readonly Value[], otherwise: (...parts: readonly Value[]) => string): string {
    if (this.key === undefined) return otherwise(...parts);
    return createHmac("sha256", `ids ${this.key}`).update(JSON.stringify(parts)).digest("hex").slice(0, idDigits);
  }

  /** The alert without card numbers. */
  alert(alert: Alert): Alert {
    return {
      ...alert,
      message: maskCards(alert.message),
      key: cardless(alert.key),
      entities: cardless(alert.entities),
      criteria: alert.criteria.map((criterion) => ({ ...criterion, values: cardless(criterion.values) })),
      values: cardless(alert.values),
      context: cardless(alert.context),
    };
  }

  record(record: OutputRecord): OutputRecord {
    const { key, entities, values } = record;
    return { ...record, key: cardless(key), entities: cardless(entities), values: cardless(values) };
  }
}

function cardless(fields: Fields): Fields {
  const masked = maskCardsIn(fields);
  return isFields(masked) ? masked : {};
}
