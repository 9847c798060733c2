import { expect, it } from 'vitest';
import { renderReport } from './report.js';

const finding = (image: number, what: string) => ({ where: `results.jsonl, image ${image}`, what });
const report = (findings: readonly { readonly where: string; readonly what: string }[], found: number) =>
  renderReport({
    path: 'it',
    findings,
    found,
    checked: [['job', 'its digest']],
    remarks: [],
    notChecked: ['times'],
    figures: {},
  }).split('\n');

it('findings of one kind are shown five times, and then counted', () => {
  const radii = Array.from({ length: 60 }, (_, i) =>
    finding(i, `Its counts do not prove the radius 0.${i}1.`),
  );
  const rows = [finding(3, 'It is missing: 3.'), finding(4, 'It is missing: other.')];
  const lines = report([...radii, ...rows], 62);
  expect(lines[0]).toBe('it does not hold: 62 findings.');
  expect(lines.slice(1, 6)).toEqual(radii.slice(0, 5).map(({ where, what }) => `  ${where}: ${what}`));
  expect(lines.slice(6, 10)).toEqual([
    '  … and 55 more of this kind.',
    '  results.jsonl, image 3: It is missing: 3.',
    '  results.jsonl, image 4: It is missing: other.',
    '  --json has up to 1,000 of them.',
  ]);
});

it('findings of many kinds are shown up to twenty, and few ones are all that is said', () => {
  const kinds = Array.from({ length: 30 }, (_, i) => finding(1, `${'x'.repeat(i + 1)} is wrong.`));
  const lines = report(kinds, 1_500);
  expect(lines.slice(20, 23)).toEqual([
    `  results.jsonl, image 1: ${'x'.repeat(20)} is wrong.`,
    '  … and 1,480 more.',
    '  --json has up to 1,000 of them.',
  ]);
  expect(report(kinds.slice(0, 2), 2).slice(3, 4)).toEqual(['Checked:']);
});
