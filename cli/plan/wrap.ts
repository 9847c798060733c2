/** Columns of a text that a person reads. */
export const WIDTH = 96;

/** Stands for a space at which no line may end; it is printed as a space. */
const KEPT = '\u00a0';

/** Returns words that stay on one line, as flags that a person copies. */
export const together = (text: string): string => text.replaceAll(' ', KEPT);

/**
 * Returns a text in lines of at most `WIDTH` columns, each with its end; a longer word has a line of its own.
 *
 * @param first begins the first line. @param further begins the others
 */
export function wrapped(text: string, first = '', further = '  '): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = further;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((one) => `${one.replaceAll(KEPT, ' ')}\n`).join('');
}
