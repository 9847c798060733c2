const REDACTED = '[redacted]';

/** An address: scheme, user and password, host and path, query. A comma ends it: lists of servers have them. */
const ADDRESS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/?#"'`,]*@)?([^\s?#"'`,]*)(\?[^\s#"'`]*)?/gi;
/** Secrets that are recognised anywhere in a text: bearer tokens, JWTs, seeds of nkeys, private keys. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/g, REDACTED],
  [/\bS[NCOAU][A-Z2-7]{56}\b/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
];

/**
 * Returns the text without anything that has the form of a secret: user and password of an address, its query (which may be a signature),
 * tokens and keys. A password alone has no such form, so callers must never put one into a text.
 */
export function withoutSecrets(text: string): string {
  const plain = text.replace(ADDRESS, (_, scheme: string, user?: string, rest?: string, query?: string) => {
    return `${scheme}${user ? `${REDACTED}@` : ''}${rest ?? ''}${query ? `?${REDACTED}` : ''}`;
  });
  return SECRETS.reduce((left, [pattern, instead]) => left.replace(pattern, instead), plain);
}

/** Characters that move a cursor, begin a line, change the direction of writing or are invisible, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Returns the text as one line without control characters, so that its author can neither forge a log line nor control a terminal. */
export function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, (one) => SHORT[one] ?? `\\u{${one.codePointAt(0)!.toString(16)}}`);
}

/**
 * Returns a text as a spreadsheet keeps it: one that it would take for a formula begins with an apostrophe. Names of files, classes and jobs may come
 * from anybody.
 */
export const noFormula = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
