import { rename, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

import { natsOptions } from '../../cli/nats/nats-flags.js';
import type { WorkerFlags } from '../../cli/worker/worker-flags.js';
import { WORKER } from '../../cli/worker/worker-verb.js';
import { valuesFrom } from '../support/verb-values.js';
import { connectNats } from '../../adapters/nats/link/connect.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { DeployedNats } from '../harness/deployed-nats.js';
import { NatsServer, TEST_TIMES, hasNatsServer } from '../harness/nats-server.js';
import { HAS_OPENSSL, TestAuthority } from '../service/certificates.js';
import { MountedSecret } from './mounted-secret.js';
import { Operator } from './jwt.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Resolves once the link was away and is back. */
async function awayAndBack(link: NatsLink): Promise<void> {
  await away(link);
  await link.untilConnected();
  await link.manager.getAccountInfo();
}

async function away(link: NatsLink): Promise<void> {
  if (!link.connected) return;
  await new Promise<void>((resolve) => {
    const unlisten = link.onConnected((connected) => {
      if (connected) return;
      unlisten();
      resolve();
    });
  });
}

describe.runIf(hasNatsServer)('a login to NATS that is renewed', () => {
  const folder = folderOfAllTests();

  /** As rotation tools do: nobody ever reads half of it. */
  async function put(name: string, text: string): Promise<string> {
    await writeFile(folder.file(`${name}.new`), text);
    await rename(folder.file(`${name}.new`), folder.file(name));
    return folder.file(name);
  }

  /** A link as `smoothcert worker` makes it of its flags. */
  function linkOf(server: NatsServer, flags: Partial<WorkerFlags>): Promise<NatsLink> {
    const usual = valuesFrom(WORKER, ['--nats', server.url]);
    return connectNats({ ...natsOptions({ ...usual, ...flags }, 'worker', 'w'), times: TEST_TIMES });
  }

  it.each(['password', 'token'])('by its %s file, before the server knows it or after', async (kind) => {
    const [one, two, three] = ['one-secret', 'two-secret', 'three-secret'];
    const config = (secret: string) =>
      `authorization { ${kind === 'token' ? '' : 'user: me, '}${kind}: ${secret} }`;
    const file = await put(kind, `${one}\n`);
    let secret = one;
    const login = kind === 'token' ? { token: () => secret } : { user: 'me', password: () => secret };
    await using server = await NatsServer.start({ config: config(one), login });
    const flags = kind === 'token' ? { natsTokenFile: file } : { natsUser: 'me', natsPasswordFile: file };
    const link = await linkOf(server, flags);
    const troubles: string[] = [];
    link.onTrouble((sentence) => troubles.push(sentence));

    await put(kind, `${two}\n`);
    let back = awayAndBack(link);
    await server.reload(config(two));
    await back;

    const gone = away(link);
    await server.reload(config(three));
    await gone;
    back = awayAndBack(link);
    await put(kind, `${three}\n`);
    await back;

    // A file that is gone is no reason to forget what it held.
    await rm(file);
    back = awayAndBack(link);
    secret = three;
    await server.kill();
    await server.restart();
    await back;
    expect(troubles.join()).toContain(`${file} cannot be read; what was read before is used.`);
    expect(troubles.join()).not.toMatch(/(one|two|three)-secret/);
    await link.close();
  });

  it('by an nkey of deploy/nats', async () => {
    const deployed = new DeployedNats(folder.file('deployed'));
    await using server = await NatsServer.start(deployed.options());
    const link = await connectNats({
      servers: [server.url],
      name: 'w',
      times: TEST_TIMES,
      ...deployed.login('worker'),
    });
    const other = await server.connect();
    const changes: boolean[] = [];
    other.onConnected((connected) => changes.push(connected));
    deployed.makeKeys('worker');
    const back = awayAndBack(link);
    await server.reload();
    await back;
    await other.manager.getAccountInfo();
    expect(changes).toEqual([]);
    await link.close();
  });

  it('by a creds file, when the one before expires', async () => {
    const operator = new Operator();
    const file = await put('creds', operator.credentials());
    await using server = await NatsServer.start({ config: operator.config, login: { creds: file } });
    await put('creds', operator.credentials(2));
    const link = await linkOf(server, { natsCreds: file });
    await put('creds', operator.credentials());
    await awayAndBack(link);
    await link.close();
    await put('creds', new Operator().credentials());
    await expect(linkOf(server, { natsCreds: file })).rejects.toThrow('refuses our credentials');
  });

  it.skipIf(!HAS_OPENSSL)('by certificates of another authority', async () => {
    const secret = new MountedSecret(folder.file('secret'));
    const mine = new MountedSecret(folder.file('mine'));
    const turnTo = (name: string) => {
      const authority = new TestAuthority(folder.file(), name);
      secret.turnTo(authority.issue('server'), authority.ca);
      mine.turnTo(authority.issue('client'), authority.ca);
    };
    turnTo('old');
    const { cert, key, clientCa } = secret.files;
    const config = `tls { cert_file: "${cert}", key_file: "${key}", ca_file: "${clientCa}", verify: true }`;
    const flags = { natsCa: mine.files.clientCa, natsCert: mine.files.cert, natsKey: mine.files.key };
    const tls = { ca: flags.natsCa, cert: flags.natsCert, key: flags.natsKey };
    await using server = await NatsServer.start({ config, login: { tls } });
    const link = await linkOf(server, flags);
    turnTo('fresh');
    await server.reload();
    expect(link.connected).toBe(true);
    const back = awayAndBack(link);
    await server.kill();
    await server.restart();
    await back;
    await link.close();
  });
});
