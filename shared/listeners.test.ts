import { describe, expect, it } from 'vitest';
import { Listeners } from './listeners.js';

describe('listeners', () => {
  it('are told in the order in which they were added, until they are removed', () => {
    const told: string[] = [];
    const listeners = new Listeners<[string]>();
    const remove = listeners.add((text) => told.push(`first ${text}`));
    listeners.add((text) => told.push(`second ${text}`));
    listeners.tell('a');
    remove();
    listeners.tell('b');
    listeners.clear();
    listeners.tell('c');
    expect(told).toEqual(['first a', 'second a', 'second b']);
  });

  it('may be added and removed while they are told, which counts from the next time on', () => {
    const told: string[] = [];
    const listeners = new Listeners<[]>();
    const removals: (() => void)[] = [];
    listeners.add(() => {
      told.push('first');
      removals.splice(0).forEach((remove) => remove());
      if (told.length === 1) listeners.add(() => told.push('third'));
    });
    removals.push(listeners.add(() => told.push('second')));
    listeners.tell();
    expect(told).toEqual(['first', 'second']);
    listeners.tell();
    expect(told).toEqual(['first', 'second', 'first', 'third']);
  });
});
