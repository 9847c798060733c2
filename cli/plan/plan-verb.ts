import { verb } from '../command/verb.js';
import { planConfig } from './plan-config.js';
import { PLAN_GROUPS } from './plan-flags.js';

const EXAMPLES = `
Nothing is drawn but the pilot: all figures are exact expectations for the images as they are assumed or measured.

Examples:
  # How many samples do I need for my model? A pilot of 100 images answers
  smoothcert plan --pilot --model M.onnx --data D.npz --sigma 0.25 --count 10000 --out plan

  # From certificates that are there: another number of samples, another α
  smoothcert plan --from certificates --samples 1000,10000 --alpha 0.001,0.01

  # From a published file, at two radii
  smoothcert plan --from cifar10-sigma-0.50.tsv --sigma 0.5 --radii 0.5,1.0 --loss 10

  # Before there is a model: p uniform on [0.8, 1)
  smoothcert plan --prior uniform:beta=0.8 --reach 1.5:0.3

  # What do 24 hours give for 10,000 images, at 30,000 samples a second that cost 2.50 an hour?
  smoothcert plan --from certificates --hours 24 --rate 30000 --count 10000 --price 2.5

docs/plan.md explains every figure. Exit codes: 0 done; 2 the input is wrong; 1 our fault; 130 interrupted.`;

export const PLAN = verb({
  name: 'plan',
  description:
    'Say what a number of samples will give, and how many are needed: radius, certified accuracy, time and cost.',
  operands: {},
  groups: PLAN_GROUPS,
  help: EXAMPLES,
  async run({ values, interruption }) {
    const config = planConfig(values());
    const { plan } = await import('./plan.js');
    return plan(config, interruption());
  },
});
