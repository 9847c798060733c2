import { render } from 'preact';

/** The web page of a coordinator. It knows the JSON API (api/page-api.ts) and the figures, and nothing of how a job is run. */
render(<h1>smoothcert</h1>, document.getElementById('page')!);
