// Writes docs/study.md and its figures from docs/study/*.json, the output of `smoothcert study` that bench/study.mjs puts there.
//
//   npm run build && node scripts/study-page.mjs [page] [folder for the figures]
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { renderSvg } from '../dist/report/figures/render-svg.js';
import { studyFigures } from '../dist/report/figures/study-figures.js';
import {
  checksTable,
  cltTableOf,
  lossTable,
  rulesTable,
  sizesTable,
} from '../dist/report/tables/study-tables.js';
import { tableMarkdown } from '../dist/report/tables/table.js';
import { percent } from '../dist/shared/written-numbers.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = path.join(root, 'docs/study.md');
/** The figures that the page shows, by study; `study` writes all of them. */
const SHOWN = {
  digits: [
    'radius-sigma-0.25',
    'accuracy-sigma-0.25',
    'loss-by-samples',
    'rules-sigma-0.25',
    'shapes-sigma-0.25',
    'clt-sigma-0.25',
    'clt-by-p',
    'histogram-sigma-0.25',
  ],
  tumours: ['radius-sigma-0.5', 'rules-sigma-0.5', 'loss-by-samples'],
};
/** Numbers of samples that its tables show. */
const SIZES = new Set([10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000]);

const studies = Object.fromEntries(
  Object.keys(SHOWN).map((name) => [
    name,
    JSON.parse(readFileSync(path.join(root, `docs/study/${name}.json`), 'utf8')),
  ]),
);
const [to = page, figures = path.join(root, 'docs/study')] = process.argv.slice(2);

for (const [name, wanted] of Object.entries(SHOWN)) {
  const made = new Map(studyFigures(studies[name]).map((figure) => [figure.name, figure]));
  for (const figure of wanted)
    writeFileSync(path.join(figures, `${name}-${figure}.svg`), renderSvg(made.get(figure)));
}

const titles = new Map(
  Object.entries(studies).flatMap(([name, study]) =>
    studyFigures(study).map((figure) => [`${name}-${figure.name}`, figure.title]),
  ),
);
const image = (study, name) => `![${titles.get(`${study}-${name}`)}](study/${study}-${name}.svg)`;
/** The rows of round numbers of samples, and so many columns. */
const short = (table, columns = Infinity) =>
  tableMarkdown({
    ...table,
    columns: table.columns.slice(0, columns),
    rows: table.rows.filter(([n]) => SIZES.has(n)).map((cells) => cells.slice(0, columns)),
  });
const rules = (table) =>
  tableMarkdown({ ...table, rows: table.rows.filter(([n, rule]) => rule !== 'fixed' || SIZES.has(n - 100)) });

const drawingOf = (study, sigma) => study.drawings.find(({ noise }) => noise.scale === sigma);
const namesOf = (study) => study.drawings.map(({ name }) => name).join(', ');
const lossOf = (drawing, few) => {
  const at = (n) => drawing.rows.find((row) => row.n === n).measured.acr;
  return percent(1 - at(few) / at(drawing.sizes.at(-1)));
};
const losses = (study) =>
  study.drawings.map((drawing) => `${lossOf(drawing, 1_000)} at ${drawing.name}`).join(', ');
const counted = (study) => {
  const says = (verdict) => study.checks.filter((check) => check.verdict === verdict).length;
  return `${says('holds')} hold, ${says('does not hold')} do not, ${says('cannot be told')} cannot be told from chance, ${says('cannot be tested')} cannot be tested`;
};

const { digits, tumours } = studies;
const middle = drawingOf(digits, 0.25);
const tumour = drawingOf(tumours, 0.5);
const text = `
# What fewer samples cost

\`smoothcert study\` draws once, and reproduces the experiments of Seferis, Kollias and Cheng (ECAI 2024, arXiv 2404.17371): radius and certified
accuracy against samples, the loss against σ, the normal approximation against exact bounds, every rule. What holds for one model need not hold for
another, so there is a command:

\`\`\`sh
smoothcert study --model M.onnx --data D.npz --sigma 0.12,0.25,0.5 --out study
\`\`\`

This page is what it finds on the two examples. \`node bench/study.mjs\` makes it, and all its numbers come from \`docs/study/digits.json\` and
\`docs/study/tumours.json\`, which that command wrote.

## How to read it

Every image is drawn once: ${middle.selection} samples choose its class, and up to ${middle.sizes.at(-1).toLocaleString('en-US')} more bound it. The counts of the first
10, 16, 25, 32, 50 … of these are kept. What fewer samples would have given is read off the same votes: nothing is drawn again. "Measured" is what
these votes give. "Expected" is computed exactly, by the binomial law; each image's share of votes among all samples is taken for its probability p. Everything is at α = ${digits.alpha}.

ACR, the average certified radius, is the mean over all images, 0 for those that abstain or whose class is wrong. The cap is the radius that
n unanimous votes prove, σ · Φ⁻¹(α^(1/n)): no image can have more.

## The digits

${digits.drawings[0].images} of the bundled images, ${namesOf(digits)}.

${short(sizesTable(middle, 'page'), 9)}

A hundredth of the samples, 1,000 in place of 100,000, costs ${losses(digits)}.

${image('digits', 'radius-sigma-0.25')}

${image('digits', 'accuracy-sigma-0.25')}

The share that is lost, exactly expected, by σ:

${short(lossTable(digits))}

${image('digits', 'loss-by-samples')}

The loss follows from how sure the model is under noise, which the histogram shows. Another σ makes the model surer or less sure: so
the loss differs between the noise levels, and the paper's claim that it does not depend on σ fails here. (With the same p at every σ, the loss
would be the same, too.) Other shapes of population lose other shares:

${image('digits', 'histogram-sigma-0.25')}

${image('digits', 'shapes-sigma-0.25')}

### Stopping rules

Each rule on the votes of the same drawing at σ = 0.25. \`two-stage\` and \`target\` have looks that were not kept; they are computed exactly. \`target\`
proves one of its radii and nothing between them, so its mean radius is smaller by its nature. No rule can exceed the information limit
([The information limit](statistics.md#the-information-limit)); it bounds each radius of an image by itself, so no rule reaches it either.

${rules(rulesTable(middle, 'page'))}

${image('digits', 'rules-sigma-0.25')}

### The normal approximation

How often its radius is above the true one, by p and number of samples, exactly:

${tableMarkdown(cltTableOf(digits))}

A share of 0.0 % in the first columns does not mean that the
approximation is right. With so few samples either none has failed, and it has no bound at all, or its radius is 0. It errs most where n (1 − p), the number of failures to expect, is a few.

${image('digits', 'clt-by-p')}

${image('digits', 'clt-sigma-0.25')}

### What of the claims holds

Of ${digits.checks.length} answers ${counted(digits)}.

${tableMarkdown(checksTable(digits))}

## The tumours: data that are no images

${tumours.drawings[0].images} tumours of 30 measurements each (\`--features\`), ${namesOf(tumours)}; σ and radii are in standard deviations of a measurement.

${short(sizesTable(tumour, 'page'), 9)}

A hundredth of the samples costs ${losses(tumours)}.

${image('tumours', 'radius-sigma-0.5')}

${image('tumours', 'loss-by-samples')}

${image('tumours', 'rules-sigma-0.5')}

Of ${tumours.checks.length} answers ${counted(tumours)}.

${tableMarkdown(checksTable(tumours))}

## Why claims fail

- **Theorem 4.3** takes the votes for normal. Near p = 1 they are not: where all of few samples agree, the formula has the radius of p = 1,
  and a certificate has the cap.
- **Theorem 4.5** is derived for p uniform on an interval. Θ is a number for one such interval, and depends on n where images are sure.
- **Theorem 4.6** leaves out the cap. At a radius just above the cap of n samples, all images that reach it with more samples are lost at once.
- **A hundredth for 20 %** is right for some populations. It is not a law: the loss grows with the share of images near p = 1, and with the
  number of samples that it is compared with.
- **The normal approximation** has no error guarantee; the tables show by how much it exceeds α.
`.trimStart();

const style = await resolveConfig(page);
writeFileSync(to, await format(text, { ...style, filepath: page }));
