import { describe, expect, it } from 'vitest';
import { CHANGES, candidatesFor, type PixelTreatment, type Shapes } from './candidates.js';
import { usualNormalisations } from './usual.js';

const PLAIN: PixelTreatment = {
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'nchw',
  bgr: false,
  transposed: false,
};
const COLOUR: Shapes = {
  channels: 3,
  side: 32,
  classes: 10,
  layouts: [],
  reversible: true,
  transposable: false,
};
const GREY: Shapes = { ...COLOUR, channels: 1, side: 28, reversible: false };
const names = (given: PixelTreatment, shapes: Shapes) => candidatesFor(given, shapes).map(({ name }) => name);

describe('the alternatives to a treatment', () => {
  it('of grey images are few', () => {
    expect(names(PLAIN, GREY)).toEqual([
      'the mean and std that are given, with scale 255',
      'pixels in [−1, 1]',
      "MNIST's mean and std",
    ]);
    expect(names(PLAIN, { ...GREY, channels: 0 })).toHaveLength(2);
  });

  it('of colour images have the channels in both orders, and means in both for reversed ones', () => {
    const found = candidatesFor(PLAIN, COLOUR);
    const imagenet = found.filter(({ name }) => name.startsWith("ImageNet's"));
    expect(imagenet.map(({ treatment: { bgr, normalisation } }) => [bgr, normalisation.mean])).toEqual([
      [false, [0.485, 0.456, 0.406]],
      [true, [0.406, 0.456, 0.485]],
      [true, [0.485, 0.456, 0.406]],
    ]);
    expect(found.filter(({ change }) => change === 'channels').map(({ name }) => name)).toEqual([
      'the mean and std that are given, blue first',
    ]);
  });

  it('come with those of one change first, and name that change', () => {
    const given = { ...PLAIN, bgr: true };
    const found = candidatesFor(given, { ...COLOUR, layouts: ['nchw', 'nhwc'], transposable: true });
    const order = found.map(({ change }) => CHANGES.indexOf(change));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const changed = ({ layout, bgr, transposed, normalisation }: PixelTreatment) =>
      [
        layout !== 'nchw',
        !bgr,
        transposed,
        normalisation.inputScale !== 1 || normalisation.mean.some((mean) => mean !== 0),
      ].filter(Boolean).length;
    for (const { change, treatment } of found)
      expect(changed(treatment) > 1, change).toBe(change === 'several');
    expect(found.find(({ treatment }) => !treatment.bgr)!.name).toBe(
      'the mean and std that are given, red first',
    );
    expect(found.filter(({ change }) => change === 'layout').map(({ name }) => name)).toEqual([
      'the mean and std that are given, axes in the other order',
      'the mean and std that are given, NHWC',
    ]);
  });

  it('have no two that make the same of every pixel, nor the given one', () => {
    const cifar = { inputScale: 255, mean: [125.307, 122.961, 113.8575], std: [63.0105, 62.0925, 66.708] };
    const found = names({ ...PLAIN, normalisation: cifar }, COLOUR);
    expect(found).not.toContain("CIFAR-10's mean and std");
    expect(found).toContain('pixels in [0, 1]');
    expect(new Set(candidatesFor(PLAIN, COLOUR).map((one) => JSON.stringify(one.treatment))).size).toBe(
      candidatesFor(PLAIN, COLOUR).length,
    );
  });

  it('take the units of a mean for mistaken', () => {
    const of255 = { inputScale: 1, mean: [125.3, 123, 113.9], std: [63, 62.1, 66.7] };
    const [first] = candidatesFor({ ...PLAIN, normalisation: of255 }, COLOUR);
    expect(first).toMatchObject({
      change: 'scale',
      treatment: { normalisation: { ...of255, inputScale: 255 } },
    });
    const other = { inputScale: 2, mean: [0], std: [1] };
    expect(
      candidatesFor({ ...PLAIN, normalisation: other }, GREY)
        .filter(({ change }) => change === 'scale')
        .map(({ treatment }) => treatment.normalisation.inputScale),
    ).toEqual([1, 255]);
  });
});

describe('the usual normalisations', () => {
  it.each([
    [32, 10, "CIFAR-10's mean and std"],
    [32, 100, "CIFAR-100's mean and std"],
    [224, 1000, "ImageNet's mean and std"],
    [224, null, "ImageNet's mean and std"],
  ])(
    'of pictures of %i pixels and %s classes begin, after the plain ones, with %s',
    (side, classes, name) => {
      expect(usualNormalisations({ channels: 3, side, classes })[3]!.name).toBe(name);
    },
  );
});
