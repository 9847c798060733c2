const REDACTED = '[redacted]';

/** An address: scheme, user and password, host and path, query. A comma ends it: lists of servers have them. */
const ADDRESS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/?#"'`,]*@)?([^\s?#"'`,]*)(\?[^\s#"'`]*)?/gi;
/** What is a secret wherever it stands: bearer tokens, JWTs, seeds of nkeys, private keys. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/g, REDACTED],
  [/\bS[NCOAU][A-Z2-7]{56}\b/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
];

/**
 * The text without what has the form of a secret: user and password of an address, its query (which may be a signature), tokens and
 * keys. Passwords have no form of their own, so that nothing may ever put one into a text.
 */
export function withoutSecrets(text: string): string {
  const plain = text.replace(ADDRESS, (_, scheme: string, user?: string, rest?: string, query?: string) => {
    return `${scheme}${user ? `${REDACTED}@` : ''}${rest ?? ''}${query ? `?${REDACTED}` : ''}`;
  });
  return SECRETS.reduce((left, [pattern, instead]) => left.replace(pattern, instead), plain);
}

/** What moves a cursor, begins a line, turns the direction of writing, cannot be seen, or is half a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text as one line that changes nothing but itself on a terminal: whoever wrote it can forge no line of a log. */
export function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, (one) => SHORT[one] ?? `\\u{${one.codePointAt(0)!.toString(16)}}`);
}
