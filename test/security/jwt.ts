import { createAccount, createOperator, createUser, fromPublic, type KeyPair } from '@nats-io/nkeys';

const NO_LIMITS = {
  subs: -1,
  data: -1,
  payload: -1,
  conn: -1,
  leaf: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
};
const STORAGE = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

const base64 = (value: object | Uint8Array) =>
  Buffer.from(value instanceof Uint8Array ? value : JSON.stringify(value)).toString('base64url');

/** A JWT as NATS has them: signed with the issuer's nkey. */
function jwt(issuer: KeyPair, subject: KeyPair, name: string, nats: object, more: object = {}): string {
  const [iss, sub] = [issuer.getPublicKey(), subject.getPublicKey()];
  const claims = {
    jti: name,
    iat: Math.floor(Date.now() / 1000),
    iss,
    sub,
    name,
    ...more,
    nats: { version: 2, ...nats },
  };
  const text = `${base64({ typ: 'JWT', alg: 'ed25519-nkey' })}.${base64(claims)}`;
  const signature = issuer.sign(Buffer.from(text));
  if (!fromPublic(iss).verify(Buffer.from(text), signature)) throw new Error('not signed');
  return `${text}.${base64(signature)}`;
}

/** An operator with one account, and credentials of its users. */
export class Operator {
  private readonly operator = createOperator();
  private readonly account = createAccount();
  private readonly system = createAccount();

  /** Sections of a server that keeps the account, and one of its own, in memory. */
  get config(): string {
    const { operator, account, system } = this;
    const own = jwt(operator, operator, 'operator', { type: 'operator' });
    const accountOf = (key: KeyPair, limits: object) => {
      const text = jwt(operator, key, 'account', { type: 'account', limits: { ...NO_LIMITS, ...limits } });
      return `${key.getPublicKey()}: ${text}`;
    };
    return [
      `operator: ${own}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: {\n${accountOf(account, STORAGE)}\n${accountOf(system, {})}\n}`,
    ].join('\n');
  }

  /** A creds file of a user that is new. @param seconds until it is refused; for ever without */
  credentials(seconds?: number): string {
    const user = createUser();
    const exp = seconds === undefined ? {} : { exp: Math.floor(Date.now() / 1000) + seconds };
    const limits = { subs: -1, data: -1, payload: -1 };
    const text = jwt(this.account, user, 'somebody', { type: 'user', ...limits }, exp);
    const seed = Buffer.from(user.getSeed()).toString();
    return [
      '-----BEGIN NATS USER JWT-----',
      text,
      '------END NATS USER JWT------',
      '',
      '-----BEGIN USER NKEY SEED-----',
      seed,
      '------END USER NKEY SEED------',
      '',
    ].join('\n');
  }
}
