/**
 * Returns the anchors of the headings of a page, given their texts in order, as GitHub makes them: lower case, only letters, digits, `_` and `-`,
 * a hyphen for each space. The second heading of a text gets `-1` at its end, the third `-2`.
 */
export function anchorsOfHeadings(texts) {
  const met = new Map();
  return texts.map((text) => {
    const anchor = anchorOf(text);
    const before = met.get(anchor) ?? 0;
    met.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** Returns the anchor of the first heading of this text. */
export const anchorOf = (text) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{Nd}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
