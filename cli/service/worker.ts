import { readFileSync } from 'node:fs';
import { ArtifactFolder } from '../../shared/adapters/local/artifact-folder.js';
import { systemClock } from '../../shared/adapters/local/system-clock.js';
import { connectNats } from '../../shared/adapters/nats/connect.js';
import { NatsWorkerExchange } from '../../shared/adapters/nats/worker-exchange.js';
import { ArtifactCache } from '../../worker/artifacts/cache.js';
import { HttpSource } from '../../worker/artifacts/http-source.js';
import { folderSource, type ArtifactSource } from '../../worker/artifacts/source.js';
import { Daemon } from '../../worker/daemon/daemon.js';
import { EXIT } from '../exit.js';
import { secretOf, workerConfig, type Raw, type WorkerConfig } from './config.js';
import { eventLog } from './event-log.js';
import { logTo } from './log.js';

/**
 * `smoothcert worker`: draws until `interrupt` aborts, then hands back what is not drawn. Resolves with the exit code.
 * @throws SmoothcertError before it is ready
 */
export async function work(raw: Raw, interrupt: AbortSignal): Promise<number> {
  const config = workerConfig(raw);
  const verbose = raw['verbose'] === true;
  const log = logTo(process.stderr, verbose);
  const link = await connectNats(config.nats);
  for (const note of link.notes) log('warn', note);
  link.onTrouble((sentence) => log('warn', sentence));
  const tellNoMore = link.onConnected((connected) =>
    log('warn', connected ? 'NATS is back.' : 'NATS is away; trying again.'),
  );
  try {
    const exchange = await NatsWorkerExchange.open(link, config.name);
    const source = await sourceOf(config, () => exchange.artifactsUrl());
    const cache = await ArtifactCache.open(config.cache, config.cacheBytes, source);
    const onEvent = eventLog(log);
    const daemon = new Daemon({
      ...{ name: config.name, exchange, cache, device: config.device, jobs: config.jobs, clock: systemClock },
      ...{ graceMs: config.graceMs, presenceEveryMs: link.times.presenceEveryMs, onEvent },
      pool: {
        ...{ processes: config.processes, hangMs: config.hangMs },
        onDeath: (how, words) =>
          log('warn', `An inference process ended (${how}).${verbose ? ` ${words}` : ''}`),
      },
    });
    await daemon.run(interrupt);
    await exchange.close();
    return EXIT.done;
  } finally {
    tellNoMore();
    await link.close();
  }
}

async function sourceOf(config: WorkerConfig, told: () => Promise<string | null>): Promise<ArtifactSource> {
  if (config.store !== null) return folderSource(await ArtifactFolder.open(config.store));
  const { tokenFile, artifactsUrl, artifactsTls } = config;
  const pem = (file: string | null) => (file === null ? null : readFileSync(file, 'utf8'));
  const [ca, cert, key] = [artifactsTls.ca, artifactsTls.cert, artifactsTls.key].map(pem);
  return new HttpSource({
    url: () => (artifactsUrl === null ? told() : Promise.resolve(artifactsUrl)),
    token: () => (tokenFile === null ? null : secretOf(tokenFile, '--token-file').split('\n')[0]!.trim()),
    tls: { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) },
    sleep: (ms) => systemClock.sleep(ms, new AbortController().signal),
  });
}
