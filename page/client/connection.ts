import type { ServerAnswer } from '../../api/page-api.js';
import type { Waiting } from '../../shared/waiting.js';
import type { Admission } from './session.js';
import type { Polled } from './poll.js';

/** The state between the page and its server. */
export type Connection =
  | { readonly kind: 'asking' }
  | { readonly kind: 'well'; readonly server: ServerAnswer }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'not-serving'; readonly waiting: Waiting | null }
  | { readonly kind: 'token'; readonly isWrong: boolean };

/** Returns how the page stands with its server, from the last answer to `GET /api/v1/server` and the token of this tab. */
export function connectionOf({ data, failure }: Polled<ServerAnswer>, admission: Admission): Connection {
  if (failure?.status === null) return { kind: 'unreachable' };
  if (failure !== null) {
    const { message, remedy } = failure;
    return { kind: 'not-serving', waiting: { code: 'restarting', message, remedy } };
  }
  if (data === null) return { kind: 'asking' };
  if (admission === 'wrong') return { kind: 'token', isWrong: true };
  if (admission === 'wanted' || (data.needsToken && admission === 'open'))
    return { kind: 'token', isWrong: false };
  return data.serving ? { kind: 'well', server: data } : { kind: 'not-serving', waiting: data.waiting };
}
