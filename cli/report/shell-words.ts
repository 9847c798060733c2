/** Characters that a shell leaves as they are, wherever they stand in a word. */
const PLAIN = /^[\w.,:/=@%+-]+$/;

/** Returns words as a command line for a POSIX shell, each quoted where a shell would change it. */
export const shellLine = (words: readonly string[]): string => words.map(quoted).join(' ');

const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
