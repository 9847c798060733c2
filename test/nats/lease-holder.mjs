// A process of its own that holds the lease: says so, and says so when it has lost it. Its standard output is the test's only word of it.
import { connectNats } from '../../dist/adapters/nats/link/connect.js';
import { NatsLease } from '../../dist/adapters/nats/jobs/nats-lease.js';

const [url, holder, times] = process.argv.slice(2);
const link = await connectNats({ servers: [url], name: holder, times: JSON.parse(times) });
const lease = await NatsLease.open(link, { holder, artifactsUrl: '' });
await lease.acquire(new globalThis.AbortController().signal);
lease.lost.addEventListener('abort', () => console.log('lost'));
console.log('held');
