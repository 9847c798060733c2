// Writes docs/figures/early-stopping.svg: when early stopping beats a fixed number of samples, by exact expectations of the planner.
//
//   npm run build && node scripts/early-stopping.mjs [file]
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Planner } from '../dist/analysis/plan/planner.js';
import { priorPopulation } from '../dist/analysis/populations/priors.js';
import { renderSvg } from '../dist/report/figures/render-svg.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const [to = path.join(root, 'docs/figures/early-stopping.svg')] = process.argv.slice(2);

const ALPHA = 0.001;
/** Samples that choose the class with `fixed`; they are counted. */
const SELECTION = 100;
const MOST = 100_000;
/** Samples of the bound of `fixed`, ten a decade. */
const SIZES = Array.from({ length: 31 }, (_, i) => Math.round(100 * 10 ** (i / 10)));
/** The named prices of `--min-gain`: quick, default, thorough. */
const PRICES = [0.1, 0.02, 0.01];

/** As `smoothcert plan --prior` takes them. `apart`: marks and line are so far apart that the way between them is drawn. */
const POPULATIONS = [
  { name: 'much alike', prior: { name: 'uniform', parameters: { beta: 0.9 } }, apart: false },
  {
    name: 'that differ',
    prior: { name: 'bimodal', parameters: { share: 0.5, beta: 0.5, power: 4 } },
    apart: true,
  },
];

/** Returns the least number of samples of the bound with which `fixed` has a mean radius. */
function leastSamples(radius, fixed) {
  let [below, enough] = [1, MOST];
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (fixed(middle).acr >= radius) enough = middle;
    else below = middle;
  }
  return enough;
}

/** Returns the curves of a population: the marks of `gain`, the line of `fixed`, and the ways between them. */
function curvesOf({ name, prior, apart }) {
  const planner = new Planner(priorPopulation(prior, { kind: 'gaussian', scale: 1 }), []);
  const fixed = (n) => planner.means({ rule: 'fixed', alpha: ALPHA, n, selection: SELECTION });
  const most = fixed(MOST).acr;
  const pointOf = ({ samples, acr }) => ({ x: samples, y: acr / most });
  const stopped = PRICES.map((minGain) =>
    planner.means({ rule: 'gain', bound: 'spending', alpha: ALPHA, n: MOST, minGain }),
  );
  const ways = stopped.map((means, at) => {
    const enough = SELECTION + leastSamples(means.acr, fixed);
    const times = enough / means.samples;
    const kept = `${((100 * means.acr) / most).toFixed(1)} %`;
    console.log(
      `images ${name}, --min-gain ${PRICES[at]}: ${kept} with ${Math.round(means.samples)} samples; fixed takes ${enough}, ${times.toFixed(2)} times as many`,
    );
    const end = { x: enough, y: means.acr / most, text: `× ${times.toFixed(1)}` };
    return { label: 'the same mean radius', kind: 'limit', points: [pointOf(means), end] };
  });
  return [
    { label: `gain, images ${name}`, kind: 'marks', points: stopped.map(pointOf) },
    {
      label: `fixed n, images ${name}`,
      kind: 'predicted',
      points: [...SIZES, MOST].map((n) => pointOf(fixed(n))),
    },
    ...(apart ? ways : []),
  ];
}

const figure = {
  name: 'early-stopping',
  title: 'When does early stopping beat a fixed n?',
  caption:
    'Marks on their line: a well-chosen fixed n is as good. Marks left of their line: a fixed n takes so many times the samples for the same radius. The marks are --min-gain quick, default and thorough. Exact expectations, α = 0.001, for the populations uniform:beta=0.9 (much alike) and bimodal:share=0.5,beta=0.5,power=4 (that differ).',
  x: { label: 'samples an image, on average', scale: 'log', least: 100, most: MOST },
  y: { label: 'mean radius, as a share of that of fixed n = 100,000', scale: 'linear', percent: true },
  curves: POPULATIONS.flatMap(curvesOf),
};
writeFileSync(to, renderSvg(figure));
