/** A page of the site. */
export interface SitePage {
  readonly title: string;
  /** Paths in the clone and in the site. */
  readonly source: string;
  readonly output: string;
  readonly html: string;
  readonly isReference: boolean;
  readonly previous: { readonly title: string; readonly address: string } | null;
  readonly next: { readonly title: string; readonly address: string } | null;
}

export function readSite(root: string): {
  readonly pages: readonly SitePage[];
  readonly files: readonly string[];
};
