import { expect, it } from 'vitest';

import { boundHelp, stopHelp } from './claim-help.js';

it('names every stopping rule and when it stops', () => {
  expect(stopHelp()).toBe(
    "gain: stop an image when more samples no longer pay; target: stop it when the --radii are decided; two-stage: a first stage of 64 samples plans a second one; fixed: Cohen et al.'s CERTIFY, one number of samples for all",
  );
});

it('names the bounds that go with every stopping rule, and which one is usual', () => {
  expect(boundHelp()).toBe(
    'with gain: spending (default) or anytime; target: anytime; two-stage: clopper-pearson; fixed: clopper-pearson (default), or clt, which is approximate and certifies nothing',
  );
});
