export function anchorsOfHeadings(texts: readonly string[]): string[];
export function anchorOf(text: string): string;
