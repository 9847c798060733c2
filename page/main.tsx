import { render } from 'preact';
import { App } from './app.js';
import { openClient } from './client/page-client.js';
import './style/colours.css';
import './style/layout.css';
import './style/parts.css';
import './style/tables.css';
import './style/gallery.css';
import './style/print.css';

/** The web page of a coordinator. It knows the JSON API (api/page-api.ts) and the figures, and nothing of how a job is run. */
render(<App client={openClient(window)} />, document.getElementById('page')!);
