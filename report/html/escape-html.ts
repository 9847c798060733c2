import { oneLine } from '../../shared/safe-text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns a text as HTML shows it, within an element or in a quoted attribute: without markup, control characters and line breaks. */
export const escapeHtml = (text: string): string => escapeLines(oneLine(text));

/** Returns a text of several lines as HTML shows it within `pre`; its author must be this program. */
export const escapeLines = (text: string): string => text.replace(/[&<>"']/g, (one) => ENTITIES[one]!);

/**
 * Returns a value as JSON that may stand in a script element: no `<` is left in it that could end the element or begin a comment. Texts in it are
 * whatever they were: who shows them sets them as text.
 */
export const jsonForHtml = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
