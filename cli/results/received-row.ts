import type { CertificateRow } from '../../api/job-view.js';
import { radiusOf, type ResultRow } from '../../coordinator/results/result-rows.js';
import { classOf } from '../../coordinator/results/row-names.js';
import { tsvHeader, tsvLine } from '../../coordinator/results/tsv-lines.js';
import type { Job } from '../../shared/job.js';
import { secondsOf } from './row-files.js';

const MICROS = 1e6;

/**
 * Returns true if a row that a server sent is one of its job: what its message and its line of results.tsv say follows from its line of
 * results.jsonl, and its class is one of the model. Of the line of results.tsv only the seconds are taken as they are told.
 */
export function followsFromItsJson({ draw, claim }: Job, row: ResultRow, received: CertificateRow): boolean {
  const named = classOf(row);
  const ofModel = named === null || (Number.isSafeInteger(named) && named >= 0 && named < draw.classes);
  const proves = row.outcome === 'certified' || row.outcome === 'predicted';
  const known = row.label !== null && row.class !== null;
  return (
    ofModel &&
    proves === (row.class !== null) &&
    (row.outcome === 'certified' || radiusOf(row) === 0) &&
    row.bound === claim.bound &&
    row.correct === (known ? row.label === row.class : null) &&
    received.class === row.class &&
    received.label === row.label &&
    received.radius === radiusOf(row) &&
    received.tsv === tableLineOf(row, received, claim)
  );
}

/** Returns the line that results.tsv has of a row, with the seconds and the columns of names as the server sent them. */
function tableLineOf(row: ResultRow, received: CertificateRow, claim: Job['claim']): string {
  const header = tsvHeader(claim);
  const named = received.tsv.split('\t').length > header.split('\t').length;
  return tsvLine(row, Math.round(MICROS * Number(secondsOf(received, header))), named);
}
