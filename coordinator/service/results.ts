import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { CertificateRow } from '../../shared/job-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { JobEnding } from '../../shared/ports/job-store.js';
import { certificateOf, type Certificate } from '../certificates.js';
import type { JobFold } from '../job-fold.js';
import { jsonLines, tsvLines, type LabelOf } from '../results-rows.js';
import { tsvLine } from '../results-table.js';
import { decisionOf } from './live-job.js';

type Results = NonNullable<JobEnding['results']>;

const PIECE_CHARACTERS = 2 ** 16;
const NEWLINE = 0x0a;

/** Stores results.jsonl and results.tsv of the images decided so far: the bytes that `certify` writes. Null if there are none. */
export async function storeResults(
  artifacts: ArtifactStore,
  fold: JobFold,
  labelOf: LabelOf,
): Promise<Results | null> {
  if (fold.decidedImages === 0) return null;
  return {
    jsonl: await store(artifacts, () => jsonLines(fold, labelOf)),
    tsv: await store(artifacts, () => tsvLines(fold, labelOf)),
  };
}

/** Stores a text, made twice: its digest must be known before the first byte is sent, and it may be larger than memory. */
async function store(artifacts: ArtifactStore, lines: () => Iterable<string>): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces(lines())) {
    hash.update(piece);
    bytes += piece.length;
  }
  const digest = hash.digest('hex');
  if ((await artifacts.find(digest)) === null) {
    await artifacts.put({ digest, kind: 'file', bytes }, 0, pieces(lines()));
  }
  return digest;
}

/** Bytes in pieces; between two of them others have their turn, because lines of many images take seconds to make. */
async function* pieces(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  let gathered: string[] = [];
  let characters = 0;
  for (const line of lines) {
    if (characters >= PIECE_CHARACTERS) {
      yield Buffer.from(gathered.join(''));
      gathered = [];
      characters = 0;
      await setImmediate();
    }
    gathered.push(line);
    characters += line.length;
  }
  yield Buffer.from(gathered.join(''));
}

/** The row of an image that is decided; null for one that is not. */
export function rowOf(fold: JobFold, image: number, label: number | null): CertificateRow | null {
  const certificate = certificateOf(fold, image, label);
  if (certificate === null) return null;
  const json = JSON.stringify(certificate);
  return row(certificate, json, tsvLine(certificate, fold.images.get(image)!.micros));
}

/** The rows that were stored, from an image on. Memory does not grow with them. @throws SmoothcertError ARTIFACT_MISSING */
export async function* storedRows(
  artifacts: ArtifactStore,
  { jsonl, tsv }: Results,
  fromImage: number,
): AsyncGenerator<CertificateRow> {
  const tsvRows = linesOf(artifacts, tsv);
  try {
    await tsvRows.next();
    for await (const json of linesOf(artifacts, jsonl)) {
      const tsvRow = await tsvRows.next();
      const certificate = JSON.parse(json) as Certificate;
      if (certificate.image >= fromImage) yield row(certificate, json, tsvRow.value as string);
    }
  } finally {
    await tsvRows.return(undefined);
  }
}

function row(certificate: Certificate, json: string, tsv: string): CertificateRow {
  const { label, correct, samples } = certificate;
  return { ...decisionOf(certificate), label, correct, samples, json, tsv };
}

/** The lines of an artifact, without their ends. */
async function* linesOf(artifacts: ArtifactStore, digest: string): AsyncGenerator<string> {
  const bytes = (await artifacts.find(digest))?.bytes ?? 0;
  let rest = Buffer.alloc(0);
  for await (const piece of artifacts.read(digest, 0, bytes)) {
    let at = 0;
    const whole = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    for (let end = whole.indexOf(NEWLINE); end >= 0; end = whole.indexOf(NEWLINE, at)) {
      yield whole.toString('utf8', at, end);
      at = end + 1;
    }
    rest = whole.subarray(at);
  }
}
