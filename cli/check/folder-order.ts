import { oneLine } from '../../shared/safe-text.js';

const WHOLE_NUMBER = /^\d{1,15}$/;

/** Returns the two names of a list in the order of text of which the first is the larger number; null if there are none, or names are no numbers. */
function sortedOtherwise(
  names: readonly string[],
): { readonly early: number; readonly later: string } | null {
  if (!names.every((name) => WHOLE_NUMBER.test(name))) return null;
  const early = names.findIndex((name, at) =>
    names.slice(at + 1).some((later) => Number(later) < Number(name)),
  );
  if (early < 0) return null;
  return { early, later: names.slice(early + 1).find((name) => Number(name) < Number(names[early]))! };
}

/**
 * Returns a note for folders of classes that are named by numbers and are numbered otherwise, in the order of text; null if none is due. That order
 * is the one of torchvision's ImageFolder, so that it is right for models that were trained with that.
 */
export function folderOrderNote(folders: readonly string[] | null): string | null {
  const found = folders && sortedOtherwise(folders);
  if (found === null) return null;
  const name = oneLine(folders![found.early]!);
  return `The folders of the classes are numbered in the order of their names as text, as torchvision does: folder ${name} comes before folder ${found.later} and is class ${found.early}. If the model's class ${Number(name)} is folder ${name}, rename the folders so that all names have equally many digits (00, 01, 02, …).`;
}
