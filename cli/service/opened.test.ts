import { expect, it } from 'vitest';
import { Opened } from './opened.js';

it('what was opened last is closed first, once, and a fault keeps nothing open', async () => {
  const closed: string[] = [];
  const opened = new Opened();
  opened.add(() => void closed.push('first'));
  opened.add(() => Promise.reject(new Error('stuck')));
  opened.add(async () => {
    await Promise.resolve();
    closed.push('last');
  });
  await expect(opened.close()).rejects.toThrow('stuck');
  await opened.close();
  expect(closed).toEqual(['last', 'first']);
});
