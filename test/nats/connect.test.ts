import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createUser } from '@nats-io/nkeys';
import { describe, expect, it } from 'vitest';

import { connectNats, type NatsOptions } from '../../adapters/nats/link/connect.js';
import { checkVersion } from '../../adapters/nats/link/server-version.js';
import { NatsServer, TEST_TIMES, hasNatsServer } from '../harness/nats-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { TestAuthority } from '../service/certificates.js';
import { describeNats } from './support.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const QUICK = { ...TEST_TIMES, connectMs: 300 };
const to = (server: { url: string }, options: Partial<NatsOptions> = {}) =>
  connectNats({ servers: [server.url], name: 'test', times: QUICK, ...options });

describe('the version of a server', () => {
  it.each(['2.9.10', '2.9.25', '2.10.22', 'v2.10.4'])('%s suffices, with a note', (version) => {
    expect(checkVersion(version)).toContain('2.10.23 or later is recommended');
  });

  it.each(['2.10.23', '2.11.0-beta.1', '2.12.3', '3.0.0'])('%s suffices', (version) => {
    expect(checkVersion(version)).toBeNull();
  });

  it.each(['2.9.9', '2.8.99', '1.99.99', 'unknown', ''])('%s is refused', (version) => {
    expect(() => checkVersion(version)).toThrow(expect.objectContaining({ code: 'NATS_UNSUITABLE' }));
  });
});

describe('a connection to NATS', () => {
  it('says that nobody answers, and where', async () => {
    const failed = to({ url: '127.0.0.1:1' });
    await expect(failed).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await expect(failed).rejects.toThrow('No NATS server answers at 127.0.0.1:1');
  });

  it.each(['creds', 'nkeySeed'])('says that the file of %s cannot be read', async (option) => {
    const failed = to({ url: '127.0.0.1:1' }, { [option]: '/no/such/file' });
    await expect(failed).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describeNats('a connection to a server', (server) => {
  it('is there at once, with notes about an old server', async () => {
    const link = await to(server());
    expect(link.connected).toBe(true);
    const version = link.connection.info!.version;
    expect(link.notes).toHaveLength(checkVersion(version) === null ? 0 : 1);
    await link.close();
    expect(link).toMatchObject({ connected: false, closed: true });
    await link.untilConnected();
  });

  it('waits for a server that is just starting', async () => {
    await server().kill();
    const connecting = to(server(), { times: TEST_TIMES });
    await server().restart();
    const link = await connecting;
    expect(link.connected).toBe(true);
    await link.connection.flush();
    await link.close();
  });

  it('tells when it is lost, and when it is there again', async () => {
    const link = await server().connect();
    const told: boolean[] = [];
    const lost = new Promise<boolean>((resolve) => link.onConnected(resolve));
    const unlisten = link.onConnected((connected) => told.push(connected));
    await server().kill();
    expect(await lost).toBe(false);
    expect(link.connected).toBe(false);
    await server().restart();
    await link.untilConnected();
    expect(told).toEqual([false, true]);
    unlisten();
    await link.close();
    expect(told).toHaveLength(2);
  });

  it('closes while the server is away', async () => {
    const link = await server().connect();
    const lost = new Promise((resolve) => link.onConnected(resolve));
    await server().kill();
    expect(await lost).toBe(false);
    const end = new AbortController();
    const waiting = [link.untilConnected(), link.untilConnected(end.signal)];
    end.abort();
    await waiting[1];
    expect(link).toMatchObject({ connected: false, closed: false });
    await link.close();
    await waiting[0];
    expect(link).toMatchObject({ connected: false, closed: true });
    await server().restart();
  });

  it('notices a black hole within two pings, with much that was never sent', async () => {
    await using proxy = await TcpProxy.to(server().port);
    const link = await to(server(), { servers: [proxy.url], times: { ...TEST_TIMES, pingMs: 300 } });
    proxy.blackHole();
    const since = performance.now();
    const lost = new Promise((resolve) => link.onConnected(resolve));
    for (let k = 0; k < 1000; k++) link.connection.publish('nobody', Buffer.alloc(1000));
    await lost;
    // With the usual interval it would take 20 s.
    expect(performance.now() - since).toBeLessThan(8000);
    proxy.restore();
    await link.untilConnected();
    await link.close();
  });
});

describe.skipIf(!hasNatsServer)('a server that asks who is there', () => {
  const folder = folderOfAllTests();

  it.each([
    ['user and password', 'authorization { user: me, password: secret }', { user: 'me', password: 'secret' }],
    ['token', 'authorization { token: secret }', { token: 'secret' }],
  ])('is told by %s', async (_, config, login) => {
    await using server = await NatsServer.start({ config, login });
    await (await server.connect()).close();
    const refused = to(server, { user: 'you', password: 'wrong', times: TEST_TIMES });
    await expect(refused).rejects.toMatchObject({ code: 'NATS_FORBIDDEN' });
    await expect(refused).rejects.toThrow('refuses our credentials');
  });

  it('is told by an nkey', async () => {
    const user = createUser();
    const nkeySeed = folder.file('seed.nk');
    await writeFile(nkeySeed, `# a comment\n${Buffer.from(user.getSeed()).toString()}\n`);
    const config = `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`;
    await using server = await NatsServer.start({ config, login: { nkeySeed } });
    await (await server.connect()).close();
    await expect(to(server, { times: TEST_TIMES })).rejects.toThrow('refuses our credentials');
  });

  it('is believed only with the certificate that we know', async () => {
    const [cert, key] = [folder.file('cert.pem'), folder.file('key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const self = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    execFileSync('openssl', [...self, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const config = `tls { cert_file: "${cert}", key_file: "${key}" }`;
    await using server = await NatsServer.start({ config, login: { tls: { ca: cert } } });
    await (await server.connect()).close();
    const unknown = to(server, { tls: {}, times: TEST_TIMES });
    await expect(unknown).rejects.toMatchObject({ code: 'NATS_UNSUITABLE' });
    await expect(unknown).rejects.toThrow(/^The certificate of the NATS server at .* is not believed: /);
  });

  it.each([
    ['IP:127.0.0.1', true],
    ['IP:127.0.0.2,DNS:elsewhere', false],
  ])('given by an IP address is believed only with a certificate for it: %s', async (names, believed) => {
    const authority = new TestAuthority(folder.file('.'), `for-${believed}`);
    const { cert, key } = authority.issue('nats', names);
    const tls = { ca: authority.ca };
    const config = `tls { cert_file: "${cert}", key_file: "${key}" }`;
    await using server = await NatsServer.prepare({ config });
    await server.begin();
    const connected = to(server, { tls, times: TEST_TIMES });
    if (believed) await (await connected).close();
    else await expect(connected).rejects.toMatchObject({ code: 'NATS_UNSUITABLE' });
  });

  it('is unsuitable without JetStream', async () => {
    await using server = await NatsServer.start({ jetStream: false });
    await expect(to(server)).rejects.toMatchObject({ code: 'NATS_UNSUITABLE' });
    await expect(to(server)).rejects.toThrow('JetStream switched off');
  });

  it('tells of a permission that is missing, and the process lives', async () => {
    const user = '{ user: me, password: secret, permissions: { publish: { deny: "forbidden" } } }';
    const config = `authorization { users: [ ${user} ] }`;
    const login = { user: 'me', password: 'secret' };
    await using server = await NatsServer.start({ config, login });
    const link = await server.connect();
    const told = new Promise<string>((resolve) => link.onTrouble(resolve));
    link.connection.publish('forbidden', 'x');
    expect(await told).toContain('forbidden');
    expect(link.connected).toBe(true);
  });
});
