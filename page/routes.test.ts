import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IMAGE_KINDS, IMAGE_ORDERS } from '../api/page-api.js';
import { FIRST_IMAGES, hashOf, parseRoute, type Route } from './routes.js';

const query = fc.record({
  sort: fc.constantFrom(...IMAGE_ORDERS),
  descending: fc.boolean(),
  outcome: fc.constantFrom(...IMAGE_KINDS),
  from: fc.nat(),
  noisy: fc.boolean(),
});
const name = fc.string({ minLength: 1, unit: 'grapheme' });
const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.record({ view: fc.constant('jobs' as const), page: fc.string() }),
  fc.record({ view: fc.constant('job' as const), id: name }),
  fc.record({ view: fc.constant('images' as const), id: name, query }),
  fc.record({ view: fc.constant('workers' as const) }),
  fc.record({ view: fc.constant('runbook' as const), section: fc.string({ unit: 'grapheme' }) }),
);

describe('places of the page', () => {
  it('come back from their addresses', () => {
    fc.assert(
      fc.property(routes, (route) => {
        expect(parseRoute(hashOf(route))).toEqual(route);
      }),
    );
  });

  it.each([
    ['', { view: 'jobs', page: '' }],
    ['#/', { view: 'jobs', page: '' }],
    ['#/jobs', { view: 'jobs', page: '' }],
    ['#/jobs/j-1', { view: 'job', id: 'j-1' }],
    ['#/jobs/j-1/images', { view: 'images', id: 'j-1', query: FIRST_IMAGES }],
    ['#/jobs/j-1/images?from=-5&sort=x&outcome=y', { view: 'images', id: 'j-1', query: FIRST_IMAGES }],
    ['#/jobs/j-1/images?from=1e999', { view: 'images', id: 'j-1', query: FIRST_IMAGES }],
    ['#/jobs/%', { view: 'job', id: '%' }],
    ['#/jobs/j-1/other', { view: 'nothing' }],
    ['#/elsewhere', { view: 'nothing' }],
    [hashOf({ view: 'nothing' }), { view: 'nothing' }],
  ])('are read from %s', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it('never fail to be read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseRoute(`#/${text}`).view).toBeTypeOf('string');
      }),
    );
  });
});
