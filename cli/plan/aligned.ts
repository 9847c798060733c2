/**
 * Returns cells in columns, the first one to the left and the others to the right.
 *
 * @param lines of as many cells each. @param last `last-left`: the last column is of words, and to the left, too
 */
export function aligned(
  lines: readonly (readonly string[])[],
  last: 'last-right' | 'last-left' = 'last-right',
): string {
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)));
  const isLeft = (at: number) => at === 0 || (last === 'last-left' && at === widths.length - 1);
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (isLeft(at) ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ');
  return lines.map((cells) => `  ${line(cells).trimEnd()}\n`).join('');
}
