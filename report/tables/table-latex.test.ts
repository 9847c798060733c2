import { marked } from 'marked';
import { expect, it } from 'vitest';

import { openHtml } from '../../test/support/html-document.js';
import { escapeLatex, tableLatex } from './table-latex.js';
import { tableMarkdown, type Table } from './table.js';

const TABLE: Table = {
  name: 'some',
  title: 'Share of 100 %',
  columns: [{ label: 'job' }, { label: 'radius / σ' }],
  rows: [
    ['a_b & <c> | $d', 0.5],
    ['\\input{x}\n\\end', null],
  ],
};

it('a table in LaTeX is one of booktabs, and its texts are no commands', () => {
  expect(tableLatex(TABLE)).toBe(String.raw`% Needs \usepackage{booktabs}.
\begin{table}
\centering
\caption{Share of 100 \%}
\begin{tabular}{lr}
\toprule
job & radius / $\sigma$ \\
\midrule
a\_b \& \textless{}c\textgreater{} \textbar{} \$d & 0.5 \\
\textbackslash{}input\{x\}\textbackslash{}n\textbackslash{}end & - \\
\bottomrule
\end{tabular}
\end{table}
`);
});

it('no character of LaTeX is left alone', () => {
  expect(escapeLatex('#$%&~_^{}"[]-')).toBe(
    String.raw`\#\$\%\&\textasciitilde{}\_\textasciicircum{}\{\}''[]-`,
  );
});

it('a table in Markdown begins no HTML, and keeps its rows', () => {
  expect(tableMarkdown(TABLE).split('\n').slice(2, 4)).toEqual([
    '| a_b & &lt;c> \\| $d | 0.5 |',
    '| \\\\input{x}\\\\n\\\\end | - |',
  ]);
});

it('a row in LaTeX that begins with a bracket or a star is no option of the row before', () => {
  const rows = ['[2cm]x', ' *', 'a [b]'].map((label) => [label, 1]);
  const lines = tableLatex({ ...TABLE, columns: [{ label: '[job]' }, { label: 'n' }], rows }).split('\n');
  expect(lines.slice(6, 11)).toEqual([
    String.raw`{}[job] & n \\`,
    String.raw`\midrule`,
    String.raw`{}[2cm]x & 1 \\`,
    String.raw`{} * & 1 \\`,
    String.raw`a [b] & 1 \\`,
  ]);
});

it('a cell in Markdown is shown as the text that it is', async () => {
  const texts = [
    'c\\|d',
    '![](http://x/y.png)',
    '[a](https://x)',
    'https://x.org www.x.org',
    '&lt;b> & c',
    'a|b\\',
  ];
  const markdown = tableMarkdown({ ...TABLE, rows: texts.map((label) => [label, 1]) });
  const { document } = openHtml(`<html><body>${await marked.parse(markdown)}</body></html>`);
  expect([...document.querySelectorAll('a, img')]).toEqual([]);
  const cells = [...document.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('td')]);
  expect(cells.map((row) => [row.length, row[0]!.textContent])).toEqual(texts.map((label) => [2, label]));
});
