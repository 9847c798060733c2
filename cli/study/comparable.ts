import type { Drawing } from '../../analysis/study/drawing.js';
import { optionError } from '../command/parse.js';

/** Returns the drawings with names that tell them apart: by their noise alone where that does, else with their folder. */
export function withDistinctNames(drawings: readonly Drawing[], folders: readonly string[]): Drawing[] {
  const names = drawings.map(({ name }) => name);
  return drawings.map((drawing, at) => {
    const { name } = drawing;
    const isAlone = names.indexOf(name) === names.lastIndexOf(name);
    return isAlone ? drawing : { ...drawing, name: `${name} (${folders[at]!})` };
  });
}

/** Refuses drawings that cannot be compared. @throws OPTION_INVALID if they are of several α, or a folder is named twice */
export function requireComparable(drawings: readonly Drawing[], folders: readonly string[]): void {
  const twice = folders.find((folder, at) => folders.indexOf(folder) < at);
  if (twice !== undefined) throw optionError(`--from names ${twice} twice.`, 'Name each folder once.');
  const [first] = drawings;
  const at = drawings.findIndex(({ alpha }) => alpha !== first!.alpha);
  if (at < 0) return;
  throw optionError(
    `${folders[0]!} is of α = ${first!.alpha}, and ${folders[at]!} of α = ${drawings[at]!.alpha}.`,
    'Study folders of one α together: a study compares everything at one.',
  );
}
