import { expect, it } from 'vitest';

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
    '| \\input{x}\\n\\end | - |',
  ]);
});
