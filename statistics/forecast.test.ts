import { describe, expect, it } from 'vitest';

import { compileBound } from './bounds/bounds.js';
import { forecastFailures, forecastZ, hopefulZ } from './forecast.js';
import { gaussian } from './noises/gaussian.js';

const LOOKS = [64, 128, 256, 512, 1024];
const bound = compileBound({ bound: 'spending', alpha: 0.001, looks: LOOKS }, gaussian);

describe('the forecast', () => {
  it('rounds the failures to expect to the nearest, halves up', () => {
    expect(forecastFailures(0, 64, 128)).toBe(0);
    expect(forecastFailures(3, 64, 96)).toBe(5);
    expect(forecastFailures(1, 64, 96)).toBe(2);
    expect(forecastFailures(1, 3, 4)).toBe(1);
    expect(forecastFailures(10, 64, 100_000)).toBe(15_625);
  });

  it('is the bound at those failures, 0 where it certifies nothing', () => {
    expect(forecastZ(bound, LOOKS, 3, 5, 64)).toBe(bound.certify(3, 40, 512)!.z);
    expect(forecastZ(bound, LOOKS, 4, 60, 64)).toBe(0);
  });

  it('goes on at the rates of failures and of votes for the runner-up', () => {
    const claim = { alpha: 0.001, looks: LOOKS, runnerUp: true } as const;
    const both = compileBound({ ...claim, bound: 'spending' }, gaussian);
    expect(forecastZ(both, LOOKS, 4, 36, 64, 9)).toBe(both.certify(4, 576, 1024, 144)!.z);
    expect(forecastZ(both, LOOKS, 4, 36, 64, 28)).toBe(0);
    expect(forecastZ(both, LOOKS, 4, 20, 64)).toBe(both.certify(4, 320, 1024, 320)!.z);
    // 40 of 64: .625 − .0605 = .5645, of 1024 578.03; 9 of 64: .1406 − .0435 = .0972, of 1024 99.5
    expect(hopefulZ(both, LOOKS, 4, 40, 64, 9)).toBe(both.certify(4, 578, 1024, 100)!.z);
    expect(hopefulZ(both, LOOKS, 4, 50, 64, 30)).toBe(0);
    expect(hopefulZ(both, LOOKS, 0, 40, 64, 9)).toBe(0);
    expect(hopefulZ(both, LOOKS, 4, 24, 64)).toBe(both.certify(4, 322, 1024, 322)!.z);
  });

  it('hopes for one standard error fewer failures where nothing is certified', () => {
    // 24 of 64: rate .375, one standard error .0605; .3145 · 1024 = 322.03
    expect(hopefulZ(bound, LOOKS, 4, 24, 64)).toBe(bound.certify(4, 322, 1024)!.z);
    // .3145 · 128 = 40.25
    expect(hopefulZ(bound, LOOKS, 1, 24, 64)).toBe(bound.certify(1, 40, 128)!.z);
    // unanimous: the error is taken as 1/n, and the rate does not go below 0
    expect(hopefulZ(bound, LOOKS, 4, 0, 64)).toBe(bound.certify(4, 0, 1024)!.z);
    expect(hopefulZ(bound, LOOKS, 4, 64, 64)).toBe(0);
    // rate .5, hopeful .4375: 28 of 64 would certify nothing
    expect(hopefulZ(bound, LOOKS, 0, 32, 64)).toBe(0);
  });
});
