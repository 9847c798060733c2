import { expect, it } from 'vitest';
import type { RunNews } from '../../api/run-news.js';
import type { ResultRow } from '../../coordinator/results/result-row.js';
import { newsOfRun, type LateNews } from './news-of-run.js';

const ROW = { image: 3 } as ResultRow;

function telling(verbose = false) {
  const told: LateNews[] = [];
  const teller = newsOfRun({ out: 'o', verbose, tell: (news) => void told.push(news), exit: null });
  return { teller, news: (): (RunNews | null)[] => told.map((one) => one()) };
}

it('a row is computed when it is told, and one of a job that was refuted meanwhile is not told', () => {
  const { teller, news } = telling();
  let row: ResultRow | null = ROW;
  teller.image(() => row);
  expect(news()).toEqual([{ news: 'image', row: ROW }]);
  row = null;
  expect(news()).toEqual([null]);
});

it('what only a fault-finder wants to know is a note where that is asked for', () => {
  const [quiet, verbose] = [telling(), telling(true)];
  for (const { teller } of [quiet, verbose]) teller.detail('A process\u001b ended.');
  expect(quiet.news()).toEqual([]);
  expect(verbose.news()).toEqual([{ news: 'note', text: 'A process\\u{1b} ended.' }]);
});

it('a report is told only where there is none', () => {
  const { teller, news } = telling();
  teller.report({ file: 'o/report.html' });
  teller.report({ problem: 'No report was written.' });
  expect(news()).toEqual([{ news: 'note', text: 'No report was written.' }]);
});

it('a run that was left before it began has ended', () => {
  const { teller, news } = telling();
  teller.left();
  expect(news()).toEqual([{ news: 'ended', done: false, summary: null }]);
});
