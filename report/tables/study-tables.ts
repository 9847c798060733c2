import { lossAt } from '../../analysis/study/checks.js';
import type { DrawingStudy } from '../../analysis/study/drawing-study.js';
import type { Study } from '../../analysis/study/study.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import { percent, whole } from '../../shared/written-numbers.js';
import { four, type Table } from './table.js';

const SAMPLES = { label: 'samples', show: whole };
const share = (label: string) => ({ label, show: percent });
const radius = (label: string) => ({ label, show: four });

/** Returns names for the files of drawings: by σ, and numbered where two have the same. */
export function fileNames(drawings: readonly DrawingStudy[]): string[] {
  const names = drawings.map(({ noise }) => `sigma-${sigmaOf(noise)}`);
  return names.map((name, at) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : `${name}-${at + 1}`,
  );
}

/** Returns all tables of a study: those of each drawing, then those of all together, the checks last. */
export function studyTables(study: Study): Table[] {
  const names = fileNames(study.drawings);
  const each = study.drawings.flatMap((drawing, at) => [
    sizesTable(drawing, names[at]!),
    accuracyTable(drawing, names[at]!),
    rulesTable(drawing, names[at]!),
    cltSizesTable(drawing, names[at]!),
    shapesTable(drawing, names[at]!),
    binsTable(drawing, names[at]!),
  ]);
  return [...each, lossTable(study), cltTableOf(study), checksTable(study)];
}

/** Returns radius and loss by number of samples, measured, exactly expected, and by Theorem 4.3. */
export function sizesTable({ name, rows }: DrawingStudy, file: string): Table {
  const last = rows.at(-1)!;
  // All samples lose nothing of what they give: there is nothing to say of them.
  const loss = (n: number, few: number, most: number) => (most === 0 || n === last.n ? null : 1 - few / most);
  return {
    name: `sizes-${file}`,
    title: `Radius by number of samples, ${name}`,
    columns: [
      SAMPLES,
      radius('cap'),
      radius('ACR'),
      radius('expected'),
      share('loss'),
      share('expected loss'),
      radius('mean radius'),
      radius('expected mean'),
      radius('Theorem 4.3'),
      share('certified'),
      share('largest drop'),
      share('Theorem 4.6'),
    ],
    rows: rows.map(({ n, cap, measured, predicted, theorem43, drop }) => [
      n,
      cap,
      measured.acr,
      predicted.acr,
      loss(n, measured.acr, last.measured.acr),
      loss(n, predicted.acr, last.predicted.acr),
      measured.meanRadius,
      predicted.meanRadius,
      theorem43,
      measured.certified,
      drop.largest,
      drop.theorem46,
    ]),
  };
}

/** Returns certified accuracy at round radii by number of samples. */
export function accuracyTable({ name, rows, radii }: DrawingStudy, file: string): Table {
  const labels = radii.map((r) => `r = ${Number(r.toPrecision(6))}`);
  return {
    name: `accuracy-${file}`,
    title: `Certified accuracy by number of samples, ${name}`,
    columns: [SAMPLES, ...labels.flatMap((label) => [share(label), share(`${label}, expected`)])],
    rows: rows.map(({ n, measured, predicted }) => [
      n,
      ...radii.flatMap((_, j) => [measured.accuracy[j]!, predicted.accuracy[j]!]),
    ]),
  };
}

/** Returns what every rule gives for its samples, cheapest first. `fixed` is there at the sizes that double and more. */
export function rulesTable({ name, rules, rows, selection }: DrawingStudy, file: string): Table {
  const most = rows.at(-1)!.measured.acr;
  const fixed = rows.map(({ n, measured: { acr, meanRadius, certified } }) => ({
    rule: 'fixed',
    bound: 'clopper-pearson',
    setting: `--max-samples ${n}`,
    source: 'measured',
    samples: selection + n,
    acr,
    meanRadius,
    certified,
  }));
  const all = [...fixed, ...rules].sort((a, b) => a.samples - b.samples);
  return {
    name: `rules-${file}`,
    title: `Stopping rules by mean samples, ${name}`,
    columns: [
      { label: 'samples', show: whole },
      { label: 'rule' },
      { label: 'bound' },
      { label: 'setting' },
      { label: 'source' },
      radius('ACR'),
      share('of the most'),
      radius('mean radius'),
      share('certified'),
    ],
    rows: all.map(({ samples, rule, bound, setting, source, acr, meanRadius, certified }) => [
      samples,
      rule,
      bound,
      setting,
      source,
      acr,
      most === 0 ? null : acr / most,
      meanRadius,
      certified,
    ]),
  };
}

/** Returns how often the normal approximation errs, by number of samples. */
export function cltSizesTable({ name, clt }: DrawingStudy, file: string): Table {
  return {
    name: `clt-${file}`,
    title: `The normal approximation: images whose approximate radius is above the true one, ${name}`,
    columns: [SAMPLES, share('wrong'), share('expected'), share('no bound'), share('no bound, expected')],
    rows: clt.map(({ n, measured, exact }) => [
      n,
      measured.wrong,
      exact.wrong,
      measured.unanimous,
      exact.unanimous,
    ]),
  };
}

/** Returns the share of the mean radius that is left, by number of samples, for populations of several shapes. */
export function shapesTable({ name, shapes, sizes }: DrawingStudy, file: string): Table {
  return {
    name: `shapes-${file}`,
    title: `Share of the mean radius that is left, by shape of the population, at the sizes of ${name}`,
    columns: [SAMPLES, ...shapes.map((shape) => share(shape.name))],
    rows: sizes.map((n, at) => [n, ...shapes.map(({ ratios }) => ratios[at]!)]),
  };
}

/** Returns how the probabilities of the images' classes are distributed. */
export function binsTable({ name, bins }: DrawingStudy, file: string): Table {
  return {
    name: `histogram-${file}`,
    title: `Images by the probability p of their class, ${name}`,
    columns: [{ label: 'p from' }, { label: 'to' }, share('images')],
    rows: bins.map(({ from, to, share: part }) => [from, to, part]),
  };
}

/** Returns the expected loss by number of samples, a column for every drawing. */
export function lossTable({ drawings }: Study): Table {
  const sizes = drawings[0]!.sizes.filter((n) => drawings.every((one) => one.sizes.includes(n)));
  return {
    name: 'loss',
    title: 'Share of the average certified radius that fewer samples lose, exactly expected',
    columns: [SAMPLES, ...drawings.map(({ name }) => share(name))],
    rows: sizes.map((n) => [
      n,
      ...drawings.map((drawing) => (n === drawing.sizes.at(-1) ? null : lossAt(drawing, n))),
    ]),
  };
}

/** Returns the error of the normal approximation for given p and n, exactly. */
export function cltTableOf({ alpha, cltTable }: Study): Table {
  const sizes = [...new Set(cltTable.map(({ n }) => n))];
  const deltas = [...new Set(cltTable.map(({ delta }) => delta))];
  const wrong = (delta: number, n: number) =>
    cltTable.find((one) => one.delta === delta && one.n === n)!.error.wrong;
  return {
    name: 'clt-by-p',
    title: `The normal approximation at α = ${alpha}: probability that its radius is above the true one, exactly, by p and number of samples`,
    columns: [{ label: 'p' }, ...sizes.map((n) => ({ label: `n = ${n}`, show: percent }))],
    rows: deltas.map((delta) => [Number((1 - delta).toFixed(6)), ...sizes.map((n) => wrong(delta, n))]),
  };
}

/** Returns the claims, what was found and whether they hold. */
export function checksTable({ checks }: Study): Table {
  return {
    name: 'claims',
    title: "The paper's claims, and what this model gave",
    columns: [{ label: 'drawing' }, { label: 'claim' }, { label: 'found' }, { label: 'verdict' }],
    rows: checks.map(({ drawing, claim, found, verdict }) => [drawing ?? 'all', claim, found, verdict]),
  };
}
