/** JSON as a text says it, and whether it is written as smoothcert writes JSON. */
export interface JsonText {
  readonly value: unknown;
  readonly isWritten: boolean;
}

/**
 * Reads JSON. Null of a text that is none, also of one nested so deeply that it cannot be written again: whoever hands results over may have
 * written anything.
 *
 * @param indent spaces of each level, 0 for a line. @param end what follows the value in the text
 */
export function jsonText(text: string, indent: number, end: string): JsonText | null {
  try {
    const value: unknown = JSON.parse(text);
    return { value, isWritten: `${JSON.stringify(value, null, indent)}${end}` === text };
  } catch {
    return null;
  }
}
