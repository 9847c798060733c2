import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { anchorsOfHeadings } from '../../scripts/heading-anchors.mjs';
import { openHtml } from './html-document.js';

/** Links of documents and of pages, and those that lead nowhere. Addresses outside are not asked; they must be well written. */

/** A link: the file that has it, from the folder's root, and the address as it is written. */
export interface Link {
  readonly file: string;
  readonly href: string;
}

/** A link that leads nowhere, and why. */
export interface DeadLink extends Link {
  readonly why: string;
}

/** Returns the files below a folder with this ending, from the folder's root. */
export const filesWith = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

/** Returns the links and images of documents in Markdown, those in code blocks and code left out. */
export const linksOfDocuments = (root: string, documents: readonly string[]): Link[] =>
  documents.flatMap((file) =>
    [...withoutCode(read(root, file)).matchAll(/\]\(\s*<?([^)\s>]*)>?(?:\s+"[^"]*")?\s*\)/g)].map(
      ([, href]) => ({ file, href: href! }),
    ),
  );

/** Returns what pages in HTML link to, show or load. */
export const linksOfPages = (root: string, pages: readonly string[]): Link[] =>
  pages.flatMap((file) => {
    const { document } = openHtml(read(root, file));
    return ATTRIBUTES.flatMap((attribute) =>
      [...document.querySelectorAll(`[${attribute}]`)].map((element) => ({
        file,
        href: element.getAttribute(attribute)!,
      })),
    );
  });
const ATTRIBUTES = ['href', 'src', 'action'] as const;

/** Returns the links that lead nowhere: no file, no such anchor in it, or an address outside that is none. */
export function deadLinks(root: string, links: readonly Link[]): DeadLink[] {
  const anchors = new Map<string, ReadonlySet<string>>();
  const anchorsOf = (file: string): ReadonlySet<string> => {
    if (!anchors.has(file)) anchors.set(file, new Set(anchorsIn(root, file)));
    return anchors.get(file)!;
  };
  return links.flatMap((link) => {
    const why = whyDead(root, link, anchorsOf);
    return why === null ? [] : [{ ...link, why }];
  });
}

function whyDead(
  root: string,
  { file, href }: Link,
  anchorsOf: (file: string) => ReadonlySet<string>,
): string | null {
  if (/^[a-z][a-z+.-]*:/i.test(href)) return isAddress(href) ? null : 'no address';
  const [to = '', anchor] = href.split('#');
  if (to.startsWith('/')) return 'not relative';
  const target = to === '' ? file : path.join(path.dirname(file), decodeURIComponent(to.split('?')[0]!));
  if (target.startsWith('..')) return 'outside';
  if (!existsSync(path.join(root, target))) return 'no such file';
  if (anchor === undefined || statSync(path.join(root, target)).isDirectory()) return null;
  return anchorsOf(target).has(decodeURIComponent(anchor)) ? null : 'no such anchor';
}

/** Returns true for an address of the web with a host that has a dot, or of this machine; for a mail address, too. */
function isAddress(href: string): boolean {
  if (!URL.canParse(href)) return false;
  const { protocol, hostname, pathname } = new URL(href);
  if (protocol === 'mailto:') return pathname.includes('@');
  return /^https?:$/.test(protocol) && (hostname === 'localhost' || /\.\w+$/.test(hostname));
}

function anchorsIn(root: string, file: string): string[] {
  const text = read(root, file);
  if (file.endsWith('.md')) {
    const headings = [...withoutBlocks(text).matchAll(/^#{1,6} +(.*?) *#* *$/gm)];
    return anchorsOfHeadings(
      headings.map(([, heading]) => heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
    );
  }
  if (!file.endsWith('.html')) return [];
  return [...openHtml(text).document.querySelectorAll('[id]')].map((element) => element.getAttribute('id')!);
}

const read = (root: string, file: string) => readFileSync(path.join(root, file), 'utf8');
const withoutBlocks = (text: string) => text.replaceAll(/^(```|~~~)[\s\S]*?^\1.*$/gm, '');
const withoutCode = (text: string) => withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '');
