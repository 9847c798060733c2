import { describe, expect, it } from 'vitest';
import { className, goesOn, outcomeWords, STATES, stopWords } from './outcomes.js';
import { jobTitle } from './jobs.js';

describe('outcomes in words', () => {
  it.each([
    ['certified', true, 'certified, right'],
    ['certified', false, 'certified, wrong'],
    ['certified', null, 'certified'],
    ['abstained', false, 'abstained'],
    ['failed', null, 'failed'],
    ['predicted', true, 'predicted, without a radius, right'],
    ['approximate', null, 'approximate, no certificate'],
  ] as const)('%s with correct %s', (outcome, correct, words) => {
    expect(outcomeWords({ outcome, correct }).words).toBe(words);
  });

  it('name classes where names are known', () => {
    expect([className(['cat', 'dog'], 1), className(['cat'], 1), className(null, 7)]).toEqual([
      'dog (1)',
      'class 1',
      'class 7',
    ]);
  });

  it('say why an image stopped, or give the code of its error', () => {
    expect(stopWords('gain')).toBe('more samples would have added too little');
    expect(stopWords('CHILD_DIED')).toBe('CHILD_DIED');
    expect(stopWords('constructor')).toBe('constructor');
  });

  it('know which jobs go on', () => {
    const states = Object.keys(STATES) as (keyof typeof STATES)[];
    expect(states.filter(goesOn)).toEqual(['pending', 'running', 'cancelling']);
  });

  it('name a job by its name, or by its id', () => {
    expect(jobTitle({ id: 'j-0123456789abcdef0123', name: null })).toBe('Job 01234567');
    expect(jobTitle({ id: 'j-0', name: 'sweep' })).toBe('sweep');
  });
});
