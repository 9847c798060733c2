import type { Connection } from '../client/connection.js';
import { WAIT_SECTIONS } from '../words/wait-sections.js';
import { Notice } from './notice.js';
import { RunbookLink } from './link.js';

/** Says what is wrong between this page and the service, above everything else. It goes away by itself. */
export function Banner({ connection }: { readonly connection: Connection }) {
  return (
    <div role="status" aria-live="polite">
      <BannerText connection={connection} />
    </div>
  );
}

function BannerText({ connection }: { readonly connection: Connection }) {
  switch (connection.kind) {
    case 'unreachable':
      return (
        <Notice tone="bad" title="The server cannot be reached.">
          <p>This is the last known state; trying again every few seconds.</p>
        </Notice>
      );
    case 'not-serving':
      return (
        <Notice tone="warn" title={connection.waiting?.message ?? 'This server does not serve jobs now.'}>
          <p>
            {connection.waiting?.remedy ?? ''} This is the last known state; trying again every few seconds.{' '}
            {connection.waiting !== null && (
              <RunbookLink section={WAIT_SECTIONS[connection.waiting.code]}>
                What to do, in the runbook
              </RunbookLink>
            )}
          </p>
        </Notice>
      );
    case 'asking':
    case 'token':
    case 'well':
      return null;
  }
}
