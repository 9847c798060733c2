/** One quoted or bare field and its end. Sticky, so that an invalid character ends the match. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** Yields the rows of a CSV file (RFC 4180: commas, double quotes, LF or CRLF), without blank lines. @throws SyntaxError */
export function* csvRows(text: string): Generator<string[]> {
  let row: string[] = [];
  for (let at = 0; at < text.length;) {
    FIELD.lastIndex = at;
    const field = FIELD.exec(text);
    if (field === null) throw new SyntaxError('a quote where none may be');
    const [whole, quoted, bare, end] = field;
    row.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (end === ',' && at < text.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '') yield row;
    row = [];
  }
}
