import { parseHTML } from 'linkedom';

/** The parts of an element that tests read. */
export interface ReadElement {
  readonly textContent: string;
  readonly tagName: string;
  readonly hidden: boolean;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  querySelector(selector: string): ReadElement | null;
  querySelectorAll(selector: string): Iterable<ReadElement>;
  dispatchEvent(event: object): void;
}

/** A document of a server. */
export interface ReadDocument {
  readonly body: ReadElement;
  getElementById(id: string): ReadElement | null;
  querySelector(selector: string): ReadElement | null;
  querySelectorAll(selector: string): Iterable<ReadElement>;
}

/** A document, and what makes events for it. */
interface Opened {
  readonly document: ReadDocument;
  readonly Event: new (type: string) => object;
}

/** Returns the document that a text of HTML makes. No script runs in it. */
export function openHtml(html: string): Opened {
  // Its types are those of a browser, which are not here.
  const opened: unknown = parseHTML(html);
  return opened as Opened;
}
