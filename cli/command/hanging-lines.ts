/** Columns that a word keeps at least beside the names, before it gets lines of its own. */
const LEAST_ROOM = 30;
const INDENT = '    ';

/** Returns the columns of the terminal that standard output is; Infinity of a file or a pipe, where no line is broken. */
export const outputColumns = (): number => process.stdout.columns || Infinity;

/**
 * Returns names with a text each, a line a pair. What is wider than the columns goes on below the text, broken between words; a word that has no
 * room there, as a digest, stands on a line of its own.
 */
export function namedLines(
  rows: readonly (readonly [name: string, text: string])[],
  columns: number,
): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const narrow = columns < width + 4 + LEAST_ROOM;
  return rows
    .map(([name, text]) => {
      const head = narrow ? `  ${name}  ` : `  ${name.padEnd(width)}  `;
      return hangingLine(head, text, narrow ? INDENT : ' '.repeat(head.length), columns);
    })
    .join('');
}

/** Returns a head and a text, in lines of at most so many columns where its words allow that. @param indent of all lines but the first */
export function hangingLine(head: string, text: string, indent: string, columns: number): string {
  if (head.length + text.length <= columns) return `${head}${text}\n`;
  const lines = [head];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    const begun = line !== head && line.trim() !== '';
    const longer = begun ? `${line} ${word}` : `${line}${word}`;
    if (longer.length <= columns) lines[lines.length - 1] = longer;
    else if (indent.length + word.length <= columns) lines.push(`${indent}${word}`);
    else lines.push(`${INDENT}${word}`);
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
