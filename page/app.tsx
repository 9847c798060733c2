import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connection } from './client/connection.js';
import {
  AsOfContext,
  ClientContext,
  useClient,
  useConnection,
  useLastAnswer,
  useStore,
  type PageClient,
} from './client/page-client.js';
import { Banner } from './parts/banner.js';
import { Heading, Loading } from './parts/heading.js';
import { Link } from './parts/link.js';
import { TokenForm } from './parts/token-form.js';
import { hashOf, parseRoute, type Route } from './routes.js';
import { ImagesView } from './views/images-view.js';
import { JobView } from './views/job/job-view.js';
import { JobsView } from './views/jobs-view.js';
import { RunbookView } from './views/runbook-view.js';
import { WorkersView } from './views/workers-view.js';

/** The page: what stands around all views, and the view that the address names. */
export function App({ client }: { readonly client: PageClient }) {
  return (
    <ClientContext.Provider value={client}>
      <Frame />
    </ClientContext.Provider>
  );
}

function Frame() {
  const route = useRoute();
  const connection = useConnection();
  const asOfMs = useLastAnswer(connection);
  const main = useRef<HTMLElement>(null);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current!.focus()}>
        Skip to the content
      </button>
      <Top route={route} />
      <main ref={main} tabIndex={-1}>
        <Banner connection={connection} />
        <AsOfContext.Provider value={asOfMs}>
          <Content route={route} connection={connection} />
        </AsOfContext.Provider>
      </main>
      <Foot connection={connection} />
    </>
  );
}

function Top({ route: { view } }: { readonly route: Route }) {
  return (
    <header class="top">
      <span class="brand">smoothcert</span>
      <nav aria-label="Views">
        <Link to={{ view: 'jobs', page: '' }} current={['jobs', 'job', 'images'].includes(view)}>
          Jobs
        </Link>
        <Link to={{ view: 'workers' }} current={view === 'workers'}>
          Workers
        </Link>
        <Link to={{ view: 'runbook', section: '' }} current={view === 'runbook'}>
          Runbook
        </Link>
      </nav>
    </header>
  );
}

function Foot({ connection }: { readonly connection: Connection }) {
  const { session, polls } = useClient();
  const admission = useStore(session.admission);
  const forget = () => {
    session.forget();
    polls.clear();
  };
  return (
    <footer class="foot">
      {connection.kind === 'well' && (
        <span>
          {connection.server.name} · smoothcert {connection.server.version}
        </span>
      )}
      <a href="metrics">Metrics, for Prometheus</a>
      {admission === 'given' && (
        <button type="button" class="plain" onClick={forget}>
          Forget the token
        </button>
      )}
    </footer>
  );
}

/** The view. The runbook needs no server, and is there when nothing else is. */
function Content({ route, connection }: { readonly route: Route; readonly connection: Connection }) {
  if (route.view === 'runbook') return <RunbookView section={route.section} />;
  if (connection.kind === 'token') return <TokenForm isWrong={connection.isWrong} />;
  if (connection.kind === 'asking') return <Loading />;
  return <View key={keyOf(route)} route={route} />;
}

function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'jobs':
      return <JobsView page={route.page} />;
    case 'job':
      return <JobView id={route.id} />;
    case 'images':
      return <ImagesView id={route.id} query={route.query} />;
    case 'workers':
      return <WorkersView />;
    case 'runbook':
      return <RunbookView section={route.section} />;
    case 'nothing':
      return (
        <>
          <Heading title="Nothing is here" />
          <p>
            <Link to={{ view: 'jobs', page: '' }}>To the jobs</Link>
          </p>
        </>
      );
  }
}

/** Returns what sets a view apart from the next: other images of a job are the same view, and keep the focus where it is. */
const keyOf = (route: Route): string => (route.view === 'images' ? `images ${route.id}` : hashOf(route));

function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => {
      setHash(location.hash);
      scrollTo(0, 0);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return parseRoute(hash);
}
