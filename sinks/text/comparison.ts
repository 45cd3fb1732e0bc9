/**
 * How far a value stands beyond its limit. Rules carry their condition as one line and what it read as values; each plain
 * comparison of the two with a number becomes a phrase such as `error_rate 0.0731, 46 % over 0.05`.
 */
import type { CriterionResult } from "../../engine/model/alert.ts";
import type { Fields } from "../../engine/model/value.ts";

const comparison = /([A-Za-z_][\w.]*)\s*(>=?|<=?)\s*(-?\d+(?:\.\d+)?)(?![\w.])/g;

/** One phrase for each comparison that held, in the order of the criteria. */
export function comparisonsOf(criteria: readonly CriterionResult[]): readonly string[] {
  return criteria.filter(({ matched }) => matched).flatMap(({ expression, values }) =>
    [...expression.matchAll(comparison)].map(([, path = "", sign = "", limit = ""]) =>
      phrase(path, sign, Number(limit), values)
    ).filter((text) => text !== undefined)
  );
}

function phrase(path: string, sign: string, limit: number, values: Fields): string | undefined {
  const value = values[path];
  if (typeof value !== "number") return undefined;
  const over = sign.startsWith(">");
  if (over ? value < limit : value > limit) return undefined;
  const figures = `${path} ${number(value)}`;
  if (value === limit) return `${figures}, the limit itself`;
  const share = limit === 0 ? number(Math.abs(value)) : percent(Math.abs((value - limit) / limit));
  return `${figures}, ${share} ${over ? "over" : "under"} ${number(limit)}`;
}

function number(value: number): string {
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 6 });
}

/** Beyond tenfold a factor is easier to grasp. */
function percent(share: number): string {
  return share < 10 ? `${Math.round(share * 100)} %` : `${Math.round(share + 1)} times`;
}
