export function renderMarkdown(
  markdown: string,
  addressOf: (href: string) => string | null,
  isReference: boolean,
): string;
