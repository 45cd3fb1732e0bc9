/**
 * Habits of other languages (SQL, JavaScript, Python, Sigma) by which expressions go wrong: the signs that give each
 * away, and the way out. The first that fits is meant, so what is longer stands above what it contains.
 */

/** A habit: how the text ends before the fault, how it goes on at it, and what to say of `$&`, the text between both. */
export interface Habit {
  readonly before?: RegExp;
  readonly at: RegExp;
  readonly wrong: string;
  readonly help: string;
}

export const habits: readonly Habit[] = [
  { at: /^and\b/i, wrong: '"$&" is no operator', help: "write `&&`" },
  { at: /^or\b/i, wrong: '"$&" is no operator', help: "write `||`" },
  { at: /^not\s+in\b/i, wrong: '"$&" is no operator', help: 'write `!(value in ["a", "b"])`' },
  { at: /^not\b/i, wrong: '"$&" is no operator', help: "write `!`" },
  { before: /\bnot\s+$/i, at: /^(?=\S)/, wrong: '"not" is no operator', help: "write `!`" },
  {
    at: /^is\s+not\b/i,
    wrong: '"$&" is no operator',
    help: "write `has(payment.device_id)` for a field that has a value, `!=` to compare",
  },
  {
    at: /^is\b/i,
    wrong: '"$&" is no operator',
    help: "write `!has(payment.device_id)` for a field without a value, `==` to compare",
  },
  {
    at: /^IN\b/,
    wrong: '"$&" is no operator',
    help: 'write `in`, and the values in brackets: `payment.method in ["card", "wallet"]`',
  },
  {
    before: /\bin\s+\([^()]*$/,
    at: /^,/,
    wrong: "a list stands in brackets, not in parentheses",
    help: 'write `in ["card", "wallet"]`',
  },
  {
    at: /^(like|contains|starts_?with|ends_?with|matches|regexp?|rlike|ilike)\b/i,
    wrong: '"$&" is no operator',
    help:
      'write it as a call, `payment.user_agent.contains("bot")`; there are also `startsWith`, `endsWith` and `matches`',
  },
  { at: /^=~|^~/, wrong: '"$&" is no operator', help: 'write `payment.user_agent.matches("bot|crawler")`' },
  {
    at: /^between\b/i,
    wrong: '"$&" is no operator',
    help: "write both bounds: `payment.amount >= 10 && payment.amount <= 20`",
  },
  {
    at: /^(where|when|filter)\b/i,
    wrong: '"$&" has no meaning inside an expression',
    help:
      'put the condition inside the call: `count(payment.status == "failed")`, `sum(payment.is_flagged ? payment.amount : 0)`',
  },
  {
    before: /\(\s*distinct\s+$/i,
    at: /^\w/,
    wrong: '"distinct" is an aggregate of its own',
    help: "write `distinct(payment.card_ref)`",
  },
  { before: /\(\s*$/, at: /^\*\s*\)/, wrong: '"*" stands for nothing', help: "leave it out: `count()`" },
  { before: /<$/, at: /^>/, wrong: '"<>" is no operator', help: "write `!=`" },
  { before: /==$/, at: /^=/, wrong: '"===" is no operator', help: "write `==`" },
  { before: /!=$/, at: /^=/, wrong: '"!==" is no operator', help: "write `!=`" },
  { at: /^=/, wrong: '"=" compares nothing', help: "write `==`" },
  { at: /^&(?!&)/, wrong: '"&" is no operator', help: "write `&&`" },
  { at: /^\|(?!\|)/, wrong: '"|" is no operator', help: "write `||`" },
  {
    before: /\?$/,
    at: /^[?.]/,
    wrong: "there is no such operator",
    help: 'write `has(payment.device_id) ? payment.device_id : "none"`',
  },
  { before: /\*$/, at: /^\*/, wrong: '"**" is no operator', help: "multiply: `x * x`" },
  { at: /^[“”„‟«»‘’‚‛]/, wrong: "a typographic quote stands here", help: 'write straight quotes: "…"' },
  { at: /^\u00a0/, wrong: "a no-break space stands here, which only looks like a space", help: "write a space" },
  {
    before: /\d\s*%\s*$/,
    at: /^/,
    wrong: '"%" is the remainder of a division, there are no per cent',
    help: "write the share: 0.4 for 40 %",
  },
  { before: /\d$/, at: /^,\d{3}\b/, wrong: "a number has no commas", help: "leave them out: 1000" },
  { before: /[\d.]$/, at: /^_\d/, wrong: 'a number has no "_"', help: "leave it out: 1000" },
  {
    before: /\d\s*$/,
    at: /^(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w|weeks?)\b/i,
    wrong: "a number in an expression has no unit",
    help: 'write `duration("90s")`, with h, m or s',
  },
  {
    before: /\d$/,
    at: /^(m|h|d)\d+(m|h|s)\b/i,
    wrong: "a number in an expression has no unit",
    help: 'write `duration("36h")`, with h, m or s',
  },
  {
    before: /\d[eE]?$/,
    at: /^[A-Za-z]/,
    wrong: "a number does not end in letters",
    help: "leave the unit out, or put the text in quotes",
  },
  { at: /^\.\d/, wrong: "a number begins with a digit", help: "write a 0 before the point: 0.5" },
  {
    at: /^:[.,\d]/,
    wrong: "a place of a message has no format",
    help: "write an expression, such as `{math.round(share * 100) / 100}`",
  },
  { at: /^\$/, wrong: '"$" begins nothing', help: "write names as they are: `payment.amount`" },
  { at: /^`/, wrong: "names stand without quotes", help: "write `payment.amount`" },
  { at: /^;/, wrong: '";" ends nothing', help: "leave it out" },
];
