import { expect, it } from 'vitest';
import { Remembered } from './remembered.js';

it('answers are kept, but for more than the most', () => {
  const remembered = new Remembered<number, string>(2);
  let made = 0;
  const ask = (key: number) => remembered.of(key, () => `${key}.${++made}`);
  expect([ask(1), ask(2), ask(1), ask(2)]).toEqual(['1.1', '2.2', '1.1', '2.2']);
  expect([ask(3), ask(3), ask(1)]).toEqual(['3.3', '3.3', '1.4']);
});
