import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync } from 'node:fs';
import path from 'node:path';

import type { NatsOptions } from '../../adapters/nats/link/connect.js';
import { ROOT } from './command.js';
import type { NatsServerOptions } from './nats-server.js';

export type Role = 'coordinator' | 'worker' | 'monitor';

/** deploy/nats as somebody sets it up who follows docs/security.md, in a folder of its own. */
export class DeployedNats {
  constructor(readonly folder: string) {
    cpSync(path.join(ROOT, 'deploy/nats'), folder, { recursive: true });
    this.makeKeys();
  }

  /** Those that are missing, or new ones for `roles`. */
  makeKeys(...roles: readonly Role[]): void {
    const command = path.join(ROOT, 'deploy/nats/make-keys.mjs');
    execFileSync(process.execPath, [command, this.folder, ...roles], { stdio: 'ignore' });
  }

  /** Puts the TLS section in, as nats.conf says how. */
  includeTls(): void {
    appendFileSync(this.file('nats.conf'), 'include ./tls.conf\n');
  }

  /** Who `role` is to the server. */
  login(role: Role): Partial<NatsOptions> {
    return { nkeySeed: this.file(`${role}.nk`), inboxPrefix: `_INBOX_${role}` };
  }

  /** A server of these files; `connect` of it logs in as the coordinator. */
  options(env: Readonly<Record<string, string>> = {}, login: Partial<NatsOptions> = {}): NatsServerOptions {
    return {
      files: { config: this.file('nats.conf'), env },
      login: { ...this.login('coordinator'), ...login },
    };
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }
}
