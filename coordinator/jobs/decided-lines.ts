import type { DecisionLog, Position } from '../observe/decision-log.js';
import type { LabelledFold } from '../results/row-stream.js';
import { rowOf } from '../results/stored-results.js';
import type { LinesPage } from './certification-service.js';

/** A job that is run, as far as its decisions go. */
interface Running {
  readonly over: boolean;
  readonly shown: { readonly log: DecisionLog; readonly labelled: LabelledFold | null };
}

/** Returns what `CertificationService.linesBehind` does of a job that this process runs. */
export function linesBehind({ over, shown }: Running, position: Position, most: number): LinesPage | null {
  const { log, labelled } = shown;
  if (over) return null;
  // Its ledger is not read yet.
  if (labelled === null) return { lines: [], next: position, more: false, decided: 0 };
  const { decided, next, more } = log.page(position, most);
  const rows = decided.map(({ image }) =>
    rowOf(labelled.fold, image, labelled.labelOf(image), labelled.names),
  );
  const lines = rows.filter((row) => row !== null).map(({ json }) => json);
  return { lines, next, more, decided: log.length };
}
