import { describe, expect, it } from 'vitest';
import { Session, type TokenPlace } from './session.js';

/** A browser's storage of one tab. */
class Place implements TokenPlace {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

describe('the token of a tab', () => {
  it('is kept for the tab, and forgotten when told to', () => {
    const place = new Place();
    const session = new Session(place);
    expect([session.token, session.admission.value]).toEqual([null, 'open']);
    session.give('secret');
    expect([session.token, session.admission.value]).toEqual(['secret', 'given']);
    expect(new Session(place).admission.value).toBe('given');
    session.forget();
    expect([session.token, session.admission.value, place.items.size]).toEqual([null, 'wanted', 0]);
  });

  it('is wanted when a request without one was refused, and wrong when it was refused itself', () => {
    const session = new Session(new Place());
    session.refused(null);
    expect(session.admission.value).toBe('wanted');
    session.give('secret');
    session.refused('secret');
    expect([session.token, session.admission.value]).toEqual([null, 'wrong']);
  });

  it('stays when a request with an older one is refused late', () => {
    const session = new Session(new Place());
    session.give('new');
    session.refused('old');
    session.refused(null);
    expect([session.token, session.admission.value]).toEqual(['new', 'given']);
  });

  it('tells those who watch, once a change', () => {
    const session = new Session(new Place());
    const seen: string[] = [];
    const stop = session.admission.watch(() => seen.push(session.admission.value));
    session.give('a');
    session.give('b');
    session.forget();
    stop();
    session.give('c');
    expect(seen).toEqual(['given', 'wanted']);
  });
});
