import type { ComponentChildren } from 'preact';
import type { Waiting } from '../../shared/waiting.js';
import type { ApiFailure } from '../client/api-client.js';
import { WAIT_SECTIONS } from '../words/wait-sections.js';
import { RunbookLink } from './link.js';

/** A box for what somebody should know now. */
export function Notice({
  tone,
  title,
  children,
}: {
  readonly tone: 'quiet' | 'warn' | 'bad';
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class={`notice ${tone}`}>
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

/** Codes of waits that end by themselves. */
const PASSING = ['preparing', 'reading', 'busy', 'restarting', 'standby'];

/** The reason for which a job waits, what to do about it, and where more is said. */
export function WaitNotice({ waiting }: { readonly waiting: Waiting }) {
  const { code, message, remedy } = waiting;
  return (
    <Notice tone={PASSING.includes(code) ? 'quiet' : 'warn'} title={`Waits: ${message}`}>
      <p>
        {remedy === '' ? 'It goes on by itself. ' : `${remedy} `}
        <RunbookLink section={WAIT_SECTIONS[code]}>What to do, in the runbook</RunbookLink>
      </p>
    </Notice>
  );
}

/** The error of a request, unless the banner above the page already says it: no answer, no lease, no token. */
export function FailureNotice({ failure }: { readonly failure: ApiFailure | null }) {
  if (failure === null || failure.status === null || [401, 503].includes(failure.status)) return null;
  return (
    <Notice tone="bad" title={failure.message}>
      <p>
        {failure.remedy} <small>{failure.code}</small>
      </p>
    </Notice>
  );
}
