import { createHash, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import { SmoothcertError } from '../../shared/errors.js';

/** Bytes of a file of tokens. */
const MOST_BYTES = 2 ** 20;
/** Characters that a token in a header may have (RFC 6750). */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const HEADER = /^Bearer +(\S+)$/i;

/**
 * The tokens that a server accepts: a file with one token a line. It is read at every check (once for simultaneous checks), so that adding
 * or removing a token takes effect from the next call on, also where the file is a link that now points elsewhere. While it cannot be
 * read, or is empty, no token is accepted; replace it by renaming a new file onto it.
 */
export class Tokens {
  private reading: Promise<readonly Buffer[]> | null = null;

  private constructor(private readonly file: string) {}

  /** @throws SmoothcertError OPTION_INVALID if the file cannot be read, holds no token or a line that is none */
  static async open(file: string): Promise<Tokens> {
    const lines = await linesOf(file).catch((cause: unknown) => {
      throw unusable(file, 'cannot be read', cause);
    });
    if (lines.length === 0) throw unusable(file, 'holds no token');
    const wrong = lines.find(({ text }) => !TOKEN.test(text));
    if (wrong) throw unusable(file, `holds something else than a token in line ${wrong.number}`);
    return new Tokens(file);
  }

  /**
   * Returns true if an Authorization header has one of the tokens. Its duration does not depend on how much of a token is right.
   * @param header undefined: there is none
   */
  async accept(header: string | undefined): Promise<boolean> {
    const given = HEADER.exec(header ?? '')?.[1];
    if (given === undefined) return false;
    const digest = sha256(given);
    const known = await this.digests();
    return known.filter((one) => timingSafeEqual(one, digest)).length > 0;
  }

  private digests(): Promise<readonly Buffer[]> {
    this.reading ??= linesOf(this.file)
      .then((lines) => lines.filter(({ text }) => TOKEN.test(text)).map(({ text }) => sha256(text)))
      .catch(() => [])
      .finally(() => (this.reading = null));
    return this.reading;
  }
}

/** Returns the error for a request without a known token. */
export function unauthenticated(): SmoothcertError {
  return new SmoothcertError(
    'UNAUTHENTICATED',
    'The call has no token that this server knows.',
    'Send the header authorization: Bearer <token>; smoothcert takes it from --token-file.',
  );
}

/** The lines that are not blank. */
async function linesOf(file: string): Promise<{ number: number; text: string }[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > MOST_BYTES) throw new Error('it is too long for a list of tokens');
    const lines = (await handle.readFile('utf8')).split('\n');
    return lines.map((text, i) => ({ number: i + 1, text: text.trim() })).filter(({ text }) => text !== '');
  } finally {
    await handle.close();
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function unusable(file: string, why: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `The token file ${file} ${why}.`,
    'Write one token a line, of A-Z a-z 0-9 . _ ~ + / - only, for example from: openssl rand -hex 32',
    { cause },
  );
}
