/** The object that `smoothcert verify --json` prints. */
export interface VerifyReport {
  /** As it was given. */
  readonly path: string;
  /** True if nothing was found. */
  readonly holds: boolean;
  /** Images that it holds for, if not for all of the job, in words. */
  readonly holdsFor: string | null;
  readonly besides: readonly string[];
  /** Findings, at most 1,000: each does not hold. */
  readonly findings: readonly { readonly where: string; readonly what: string }[];
  /** How many there are. */
  readonly found: number;
  /** The checks that were made, in words. */
  readonly checked: Readonly<Record<string, string>>;
  /** True things to know that are no faults. */
  readonly remarks: readonly string[];
  readonly notChecked: readonly string[];
  /** Further figures, which depend on what was verified. */
  readonly [figure: string]: unknown;
}
