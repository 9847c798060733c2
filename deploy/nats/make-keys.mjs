// Makes the nkeys of the users in accounts.conf:  node deploy/nats/make-keys.mjs FOLDER [coordinator|worker|monitor …]
// FOLDER gets coordinator.nk, worker.nk and monitor.nk, each the seed that proves who a process is (secret, readable by its
// owner only), and keys.conf, the public keys (no secret), which accounts.conf includes. Named ones are made anew; without
// names, those that are missing are made.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TextDecoder, TextEncoder } from 'node:util';
import { nkeys } from '@nats-io/transport-node';

const USERS = ['coordinator', 'worker', 'monitor'];
const [folder, ...renewed] = process.argv.slice(2);
const stranger = renewed.find((name) => !USERS.includes(name));
if (folder === undefined || stranger !== undefined) {
  console.error(`Usage: node deploy/nats/make-keys.mjs FOLDER [${USERS.join('|')} …]`);
  process.exit(2);
}

/** Replaces a file in one step, so that whoever reads it reads the old one or the new one. */
function put(name, text, mode) {
  const file = path.join(folder, name);
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

/** The seed that is there, or null. */
function seedOf(user) {
  try {
    return /^SU[A-Z2-7]{56}$/m.exec(readFileSync(path.join(folder, `${user}.nk`), 'utf8'))?.[0] ?? null;
  } catch {
    return null;
  }
}

mkdirSync(folder, { recursive: true, mode: 0o700 });
const lines = USERS.map((user) => {
  const old = renewed.includes(user) ? null : seedOf(user);
  const key = old === null ? nkeys.createUser() : nkeys.fromSeed(new TextEncoder().encode(old));
  if (old === null) {
    put(`${user}.nk`, `${new TextDecoder().decode(key.getSeed())}\n`, 0o600);
    console.log(`${user}.nk is new.`);
  }
  return `SMOOTHCERT_${user.toUpperCase()}_KEY = ${key.getPublicKey()}`;
});
put(
  'keys.conf',
  `# Public keys of the users in accounts.conf, by make-keys.mjs. No secret.\n${lines.join('\n')}\n`,
  0o644,
);
console.log('keys.conf is written.');
