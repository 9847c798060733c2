import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import { Patience } from './patience.js';

const away = new SmoothcertError('SERVER_UNREACHABLE', 'Away.', 'Wait.');
const standby = new SmoothcertError('NOT_SERVING', 'Standby.', 'Wait.');

describe('patience', () => {
  it('is for servers that are away, not for what they refuse', async () => {
    const patience = new Patience(60_000, () => undefined);
    const refused = new SmoothcertError('JOB_NOT_FOUND', 'No.', 'None.');
    await expect(patience.orThrow(refused)).rejects.toBe(refused);
    await expect(patience.orThrow(away)).resolves.toBeUndefined();
  });

  it('ends, with the error that there was', async () => {
    await expect(new Patience(0, () => undefined).orThrow(away)).rejects.toBe(away);
    const patience = new Patience(150, () => undefined);
    await patience.orThrow(standby);
    const waitOn = async () => {
      for (;;) await patience.orThrow(standby);
    };
    await expect(waitOn()).rejects.toBe(standby);
  });

  it('says once that it waits, and once more after an answer', async () => {
    const said: string[] = [];
    const patience = new Patience(60_000, ({ code }) => said.push(code));
    await patience.orThrow(standby);
    await patience.orThrow(away);
    expect(said).toEqual(['NOT_SERVING']);
    patience.answered();
    await patience.orThrow(away);
    expect(said).toEqual(['NOT_SERVING', 'SERVER_UNREACHABLE']);
    await patience.again().orThrow(away);
    expect(said).toHaveLength(3);
  });

  it('ends with the interruption', async () => {
    const controller = new AbortController();
    const waiting = new Patience(60_000, () => undefined).orThrow(away, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
