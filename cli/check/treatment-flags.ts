import type { PixelTreatment } from '../../analysis/check/candidates.js';

/** Returns the flags that ask for a treatment, by name; those whose value is the default are missing. */
function flagsOf({ normalisation, layout, bgr }: PixelTreatment): Flags {
  const { inputScale, mean, std } = normalisation;
  const flags: Flags = new Map();
  if (inputScale !== 1) flags.set('--input-scale', String(inputScale));
  if (mean.some((value) => value !== 0)) flags.set('--mean', mean.join(','));
  if (std.some((value) => value !== 1)) flags.set('--std', std.join(','));
  if (layout !== 'auto') flags.set('--layout', layout);
  if (bgr) flags.set('--bgr', null);
  return flags;
}

const written = (flags: Iterable<[string, string | null]>): string =>
  [...flags].map(([name, value]) => (value === null ? name : `${name} ${value}`)).join(' ');

type Flags = Map<string, string | null>;

/** Returns the treatment without the layout that the given one has, too: nothing is to be said of it. */
export function withoutLayout(treatment: PixelTreatment, given: PixelTreatment): PixelTreatment {
  return treatment.layout === given.layout ? { ...treatment, layout: 'auto' } : treatment;
}

/** The changes of the command line that lead from one treatment to another. */
export interface FlagChange {
  /** Flags to give, as they are typed; empty for none. */
  readonly give: string;
  /** Flags to leave out; empty for none. */
  readonly leaveOut: string;
}

/** Returns what to change on the command line to come from the given treatment to another one. */
export function flagChange(given: PixelTreatment, wanted: PixelTreatment): FlagChange {
  const [before, after] = [given, wanted].map((one) => flagsOf(withoutLayout(one, given))) as [Flags, Flags];
  const give = [...after].filter(([name, value]) => !before.has(name) || before.get(name) !== value);
  const leaveOut = [...before].filter(([name]) => !after.has(name));
  return { give: written(give), leaveOut: leaveOut.map(([name]) => name).join(', ') };
}

/** Returns what to do to come from the given treatment to another one, as the end of a sentence. @param imageShape of the data */
export function adviceFor(
  given: PixelTreatment,
  wanted: PixelTreatment,
  imageShape: readonly number[],
): string {
  const { give, leaveOut } = flagChange(given, wanted);
  const axes = imageShape[0] === 3 ? 'x.transpose(0, 2, 3, 1)' : 'x.transpose(0, 3, 1, 2)';
  const parts = [
    ...(give === '' ? [] : [`add ${give}`]),
    ...(leaveOut === '' ? [] : [`leave out ${leaveOut}`]),
    ...(given.transposed === wanted.transposed ? [] : [`save the images as ${axes}`]),
  ];
  return parts.join(', and ');
}

/** Returns a treatment as the flags that ask for it, for a table. */
export function describeTreatment(treatment: PixelTreatment): string {
  const flags = written(flagsOf(treatment)) || 'no flags';
  return treatment.transposed ? `${flags}, axes in the other order` : flags;
}
