import type { EventName } from '../../shared/telemetry/events.js';
import type { NatsLink, Trouble } from '../../adapters/nats/link/nats-link.js';
import type { Log } from '../../shared/telemetry/log.js';
import { NO_QUORUM } from '../../shared/waiting-reasons.js';

const EVENT_OF = {
  full: 'store-full',
  note: 'nats-note',
  other: 'nats-trouble',
} as const satisfies Record<Trouble, EventName>;

/** Says what a link to NATS has to say, until the returned function is called. */
export function logLink(link: NatsLink, log: Log): () => void {
  for (const note of link.notes) log('nats-note', note);
  const unlisten = [
    link.onTrouble((sentence, kind) => log(EVENT_OF[kind], sentence)),
    link.onMalformed(() =>
      log(
        'messages-malformed',
        'A message that cannot be read was ignored: of another version, or not ours.',
      ),
    ),
    link.onConnected((connected) =>
      connected ? log('nats-back', 'NATS is back.') : log('nats-away', 'NATS is away; trying again.'),
    ),
    link.onQuorum((there) =>
      there
        ? log('nats-quorum-back', 'NATS has a quorum again.')
        : log('nats-quorum-lost', NO_QUORUM.message),
    ),
  ];
  return () => {
    for (const one of unlisten) one();
  };
}
