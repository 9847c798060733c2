/** What `smoothcert verify --json` prints. */
export interface VerifyReport {
  /** As it was given. */
  readonly path: string;
  /** True if nothing was found. */
  readonly holds: boolean;
  /** Images that it holds for, if not for all of the job, in words. */
  readonly holdsFor: string | null;
  readonly besides: readonly string[];
  /** What does not hold: at most 1,000 of them. */
  readonly findings: readonly { readonly where: string; readonly what: string }[];
  /** How many there are. */
  readonly found: number;
  /** What was checked, and how, in words. */
  readonly checked: Readonly<Record<string, string>>;
  /** True things to know that are no faults. */
  readonly remarks: readonly string[];
  readonly notChecked: readonly string[];
  /** Further figures, which depend on what was verified. */
  readonly [figure: string]: unknown;
}
