import type { CertifyConfig } from './certify-flags.js';
import { jsonLinesTeller } from './json-lines-teller.js';
import type { RunTeller } from './run-teller.js';
import { TerminalTeller } from './terminal-teller.js';

/** Returns what tells a run in the form that its flags ask for. */
export const tellerOf = (config: CertifyConfig): RunTeller =>
  config.jsonLines ? jsonLinesTeller(config.out, config.verbose) : new TerminalTeller(config);
