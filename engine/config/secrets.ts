/**
 * What must never be shown: texts that came from the environment or from files, passwords inside of URLs, and whatever
 * stands under a key that names a secret. Logs, errors and problems go through `redact`.
 */

/** Keys whose value is a secret wherever it came from. */
const secretKey = /^(password|secret|token|key|api_key|routing_key|access_key|secret_key|sas|auth)$/i;

/** Keys whose value helps the operator and hides nothing, although it came from the environment. */
const plainKey =
  /^(app|instance|brokers|topic|packs|contracts|path|listen|bucket|region|stream|channel|username|index)$/;

export class Secrets {
  private readonly texts = new Set<string>();

  /** Remembers a text of the file: `given` from outside, under a key. */
  learn(text: string, key: string, given: boolean): void {
    for (const part of passwordsOf(text)) this.add(part);
    if (isSecret(key) || (given && !plainKey.test(key) && !isAddress(text))) this.add(text);
  }

  /** The text with every secret in it replaced. */
  redact(text: string): string {
    let shown = text;
    for (const secret of this.texts) if (shown.includes(secret)) shown = shown.replaceAll(secret, "***");
    return shown;
  }

  private add(text: string): void {
    // A text of one or two characters would blacken half of every line and hide nothing.
    if (text.length < 3) return;
    this.texts.add(text);
    this.texts.add(encodeURIComponent(text));
  }
}

export function isSecret(key: string): boolean {
  return secretKey.test(key);
}

/** A URL, whose password is learnt apart from it. */
function isAddress(text: string): boolean {
  return URL.canParse(text);
}

function passwordsOf(text: string): string[] {
  if (!isAddress(text)) return [];
  const { password } = new URL(text);
  return password === "" ? [] : [password, decodeURIComponent(password)];
}
