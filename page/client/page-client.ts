import { createContext } from 'preact';
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ServerAnswer } from '../../api/page-api.js';
import { ApiClient } from './api-client.js';
import { connectionOf, type Connection } from './connection.js';
import { serverPath } from './paths.js';
import { PictureLoader } from './picture-loader.js';
import { PollShelf } from './poll-shelf.js';
import type { Polled } from './poll.js';
import { Session } from './session.js';
import type { Store } from './store.js';

/** All that the page asks its server with. */
export interface PageClient {
  readonly api: ApiClient;
  readonly session: Session;
  readonly polls: PollShelf;
  readonly pictures: PictureLoader;
}

/** Returns the client of this browser tab. */
export function openClient(window: Window & typeof globalThis): PageClient {
  const { document } = window;
  const session = new Session(window.sessionStorage);
  const base = new URL('.', document.baseURI).pathname;
  const api = new ApiClient(base, session, (input, init) => window.fetch(input, init));
  const polls = new PollShelf(api, {
    isHidden: () => document.hidden,
    after: (ms, callback) => {
      const timer = window.setTimeout(callback, ms);
      return () => window.clearTimeout(timer);
    },
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) polls.wakeAll();
  });
  window.addEventListener('online', () => polls.wakeAll());
  session.admission.watch(() => polls.wakeAll());
  return { api, session, polls, pictures: new PictureLoader((path, signal) => api.blob(path, signal)) };
}

export const ClientContext = createContext<PageClient | null>(null);

export const useClient = (): PageClient => useContext(ClientContext)!;

/** The time of the last answer while the server answers nothing about jobs; null while it does, so that what is shown is current. */
export const AsOfContext = createContext<number | null>(null);

export const useAsOf = (): number | null => useContext(AsOfContext);

/** Returns the value for `AsOfContext`. */
export function useLastAnswer({ kind }: Connection): number | null {
  const { api } = useClient();
  const lastMs = useRef<number | null>(null);
  if (kind !== 'unreachable' && kind !== 'not-serving') lastMs.current = null;
  else lastMs.current ??= api.answeredMs;
  return lastMs.current;
}

/** Returns the value of a store, and draws the component again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, drawAgain] = useState({});
  const { value } = store;
  useEffect(() => {
    const stop = store.watch(() => drawAgain({}));
    // It may have changed since it was drawn.
    if (!Object.is(value, store.value)) drawAgain({});
    return stop;
    // Later values come by the watch.
  }, [store]);
  return value;
}

/** Returns the newest answer to a path below /api/v1, and asks again and again while the component is shown. */
export function usePoll<T>(path: string): Polled<T> {
  const { polls } = useClient();
  const poll = useMemo(() => polls.of<T>(path), [polls, path]);
  useEffect(() => poll.start(), [poll]);
  return useStore(poll.store);
}

/** Returns how the page stands with its server. When it stands well again, all that is watched is asked for at once. */
export function useConnection(): Connection {
  const { session, polls } = useClient();
  const polled = usePoll<ServerAnswer>(serverPath);
  const admission = useStore(session.admission);
  const { kind } = connectionOf(polled, admission);
  useEffect(() => {
    if (kind === 'well') polls.wakeAll();
  }, [kind, polls]);
  return connectionOf(polled, admission);
}
