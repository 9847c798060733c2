import { describe, expect, it } from 'vitest';

import { TINY_JOB, certifiedRows } from '../harness/army.js';
import { Cluster } from '../harness/cluster.js';
import { DeployedNats } from '../harness/deployed-nats.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { HAS_OPENSSL, TestAuthority } from '../service/certificates.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Without accounts a coordinator and a worker meet in test/cluster; `certify` writes the same. */
describe.runIf(hasNatsServer && HAS_OPENSSL)('deploy/nats, as it is', () => {
  it('lets a coordinator and workers do a job, over TLS, and nothing of it is forbidden', async () => {
    using keys = new TemporaryFolder();
    const deployed = new DeployedNats(keys.file('nats'));
    deployed.includeTls();
    const authority = new TestAuthority(keys.file(), 'authority');
    const [server, client] = [authority.issue('server'), authority.issue('client')];
    const env = {
      SMOOTHCERT_NATS_TLS_CERT: server.cert,
      SMOOTHCERT_NATS_TLS_KEY: server.key,
      SMOOTHCERT_NATS_TLS_CA: authority.ca,
    };
    await using cluster = await Cluster.start(deployed.options(env, { tls: client }));
    const tls = ['--nats-ca', client.ca, '--nats-cert', client.cert, '--nats-key', client.key];
    const as = (role: string) => ['--nats-nkey', deployed.file(`${role}.nk`), ...tls];
    // The worker comes first: it makes nothing, and waits.
    const worker = cluster.worker('one', as('worker'));
    await worker.says(/waiting for a coordinator to make it/);
    const coordinator = await cluster.coordinator(as('coordinator'));
    await coordinator.says(/Serving/);
    const [{ rows, code }, expected] = await Promise.all([
      cluster.submit(coordinator, TINY_JOB),
      certifiedRows(TINY_JOB),
    ]);
    expect([code, rows]).toEqual([0, expected]);
    expect(await worker.end()).toBe(0);
    expect(await coordinator.end()).toBe(0);
    for (const { log } of [worker, coordinator]) expect(log).not.toMatch(/does not let|violation/i);
  });
});
