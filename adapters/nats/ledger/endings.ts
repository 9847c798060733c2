import { SmoothcertError } from '../../../shared/errors.js';
import type { LedgerRecord } from '../../../shared/wire/record.js';

/**
 * The tokens before the name in the subjects of records that end something. Such a subject has more tokens than a worker's key may write
 * (deploy/nats/accounts.conf).
 */
const BY_COORDINATOR = 'by.coordinator';

/** Returns the subject of a record. One that ends the job or an image has a subject of its own, which no worker's key can write. */
export function ledgerSubject(job: string, name: string, ends = false): string {
  return `sc1.ledger.${job}.${ends ? `${BY_COORDINATOR}.` : ''}${name}`;
}

/** Returns true if the record ends the job or an image, or takes counts back. Coordinators alone write such records. */
export function endsSomething({ cancelled, failedImages, failed, distrusted = [] }: LedgerRecord): boolean {
  const disputes = failed.some(({ code }) => code === 'COUNTS_DIFFER');
  return cancelled || failedImages.length > 0 || disputes || distrusted.length > 0;
}

/** Refuses a record that ends something and was not written by a coordinator. @throws SmoothcertError NATS_FORBIDDEN */
export function refuseForeignEnding(job: string, subject: string, record: LedgerRecord): void {
  if (!endsSomething(record) || subject.startsWith(ledgerSubject(job, '', true))) return;
  throw new SmoothcertError(
    'NATS_FORBIDDEN',
    `A record of ${job} ends the job or images, and no coordinator has written it.`,
    'It is ignored. Find out which worker has written it; SECURITY.md says what else a worker could do.',
  );
}
