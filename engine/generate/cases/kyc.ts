/** Planted cases of the pack `kyc`. */
import { day, endOf, fires, minute, nextWindow, quiet, records, second, series } from "./case.ts";
import type { Case, Plot } from "./case.ts";

/** Two decisions about one customer, the second after a time, of this document. */
function documents(after: number, other: boolean) {
  return ({ name, add }: Plot) => {
    const customer_id = `cus_${name}`;
    add("kyc_decisions", 0, { customer_id, document_ref: `doc_${name}_1` });
    add("kyc_decisions", after, { customer_id, document_ref: `doc_${name}_${other ? 2 : 1}` });
    return { customer_id };
  };
}

const minors: Case["plant"] = (plot) => {
  plot.cast("minors", plot.start, plot.start + 30 * minute);
  series(plot, "kyc_decisions", 6, minute, () => ({ decision: "minor" }));
  plot.speaksBy(plot.start + 30 * minute);
  return {};
};

function pendingThen(decision: "adult" | "minor" | undefined) {
  return ({ name, add, start, speaksBy }: Plot) => {
    const kyc_ref = `kyc_${name}`;
    add("kyc_decisions", 0, { kyc_ref, decision: "pending" });
    if (decision !== undefined) add("kyc_decisions", 5 * second, { kyc_ref, decision });
    speaksBy(start + 7 * day);
    return { kyc_ref };
  };
}

const several = "kyc/several-documents";
const overdue = "kyc/pending-overdue";

export const kycCases: readonly Case[] = [
  fires(several, "two documents within 4 s", documents(4 * second, true)),
  fires(several, "the other document 1 ms before ten minutes are over", documents(10 * minute - 1, true)),
  quiet(several, "the other document exactly ten minutes later", documents(10 * minute, true)),
  quiet(several, "the same document again", documents(4 * second, false)),
  fires("kyc/minor-share", "half an hour of mostly minors", minors, nextWindow(30 * minute)),
  fires(overdue, "pending for seven days", pendingThen(undefined)),
  quiet(overdue, "pending, then found to be an adult", pendingThen("adult")),
  quiet(overdue, "pending, then found to be a minor", pendingThen("minor")),
  records("kyc/decisions-30m", "a decision", ({ add, start, speaksBy }) => {
    add("kyc_decisions", 0, {});
    speaksBy(endOf(30 * minute, start));
    return {};
  }),
];
