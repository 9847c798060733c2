import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The commands that the documents show, as the lines that a reader would type. */

/** A block of code of a document. */
export interface Block {
  /** The document, from the root of the project. */
  readonly page: string;
  /** Its line in the document. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** Returns README.md and the documents of docs/, from the root of the project. */
export const documentsWithCommands = (root: string): string[] => [
  'README.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

/** Returns the blocks of a document in one language. */
export function blocksOf(root: string, page: string, language: string): Block[] {
  const text = readFileSync(path.join(root, page), 'utf8');
  return [...text.matchAll(/^```([\w-]*)\n([\s\S]*?)^```$/gm)]
    .map(({ 1: found, 2: block, index }) => ({
      page,
      line: text.slice(0, index).split('\n').length,
      language: found!,
      text: block!,
    }))
    .filter((block) => block.language === language);
}

/** Returns the commands of a block of shell: one each, continued lines joined, comments and empty lines left out. */
export const commandsOf = ({ text }: Block): string[] =>
  text
    .replaceAll(/ *\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
