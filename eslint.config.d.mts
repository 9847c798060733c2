/** Something that may not be imported: the regular expression of its specifiers. */
interface Refused {
  readonly regex: string;
  readonly message: string;
}

/** What tests read of the linter's configuration; eslint.config.mjs says what each part means. */
export const FLOORS: Readonly<Record<string, readonly string[]>>;
export const COORDINATOR_ROOMS: readonly string[];
export const LIBRARIES: Readonly<Record<string, Refused>>;
export const BORDERS: readonly {
  readonly folder: string;
  readonly files?: string;
  readonly open?: readonly string[];
  readonly closed?: readonly Refused[];
  readonly libraries?: readonly string[];
}[];
