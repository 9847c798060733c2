import { describe, expect, it } from 'vitest';
import { CHANGES, LONGEST_NAME, candidatesFor, type PixelTreatment, type Shapes } from './candidates.js';
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
    expect(names(PLAIN, GREY)).toEqual(['pixels of 0 to 255', 'pixels in [−1, 1]', "MNIST's mean and std"]);
    expect(names(PLAIN, { ...GREY, channels: 0 })).toHaveLength(2);
  });

  it('of colour images have the channels in both orders, and means in both for reversed ones', () => {
    const found = candidatesFor(PLAIN, COLOUR);
    const imagenet = found.filter(({ name }) => name.startsWith("ImageNet's mean and std"));
    expect(imagenet.map(({ treatment: { bgr, normalisation } }) => [bgr, normalisation.mean])).toEqual([
      [false, [0.485, 0.456, 0.406]],
      [true, [0.406, 0.456, 0.485]],
      [true, [0.485, 0.456, 0.406]],
    ]);
    expect(found.filter(({ change }) => change === 'channels').map(({ name }) => name)).toEqual([
      'as given, blue first',
    ]);
  });

  it.each([
    ['red first', false],
    ['blue first', true],
  ])('of images %s have names that differ and fit a table', (_, bgr) => {
    const mean = { inputScale: 1, mean: [0.1, 0.2, 0.3], std: [1, 2, 3] };
    for (const normalisation of [mean, PLAIN.normalisation]) {
      const given = { normalisation, layout: 'nhwc', bgr, transposed: false } as const;
      for (const more of [{ transposable: true }, { layouts: ['nchw', 'nhwc'] as const }]) {
        const found = names(given, { ...COLOUR, ...more });
        expect(new Set(found).size).toBe(found.length);
        expect(found.filter((name) => name.length > LONGEST_NAME)).toEqual([]);
        expect(found.includes(`as given, ${bgr ? 'red' : 'blue'} first, mean kept`)).toBe(
          normalisation === mean,
        );
      }
    }
  });

  it('of blue-first images with a mean that stands red first have that mean reversed', () => {
    const imagenet = { inputScale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const found = candidatesFor({ ...PLAIN, normalisation: imagenet, bgr: true }, COLOUR);
    const due = found.find(({ name }) => name === "ImageNet's mean and std")!;
    expect(due).toMatchObject({
      change: 'usual',
      treatment: { bgr: true, normalisation: { mean: [0.406, 0.456, 0.485] } },
    });
  });

  it('say how many flags they take', () => {
    const given = {
      normalisation: { inputScale: 255, mean: [0.5], std: [1] },
      layout: 'nchw',
      bgr: true,
      transposed: false,
    } as const;
    const found = candidatesFor(given, { ...COLOUR, layouts: ['nchw', 'nhwc'], transposable: true });
    const flags = new Map(found.map((one) => [one.name, one.flags]));
    expect(flags.get('pixels in [0, 1], red first')).toBe(0);
    expect(flags.get('as given, red first')).toBe(0);
    expect(flags.get('as given, scale 1')).toBe(0);
    expect(flags.get('pixels in [−1, 1]')).toBe(1);
    expect(flags.get('pixels in [−1, 1], red first, NHWC, axes moved')).toBe(3);
    expect(flags.get("ImageNet's mean of 0 to 255")).toBe(1);
    expect(candidatesFor(PLAIN, COLOUR).map((one) => one.flags)).toEqual(
      candidatesFor(PLAIN, COLOUR).map(
        ({ treatment: { normalisation: n, bgr } }) =>
          Number(n.inputScale > 1) + Number(n.mean[0]! > 0) + Number(n.std[0] !== 1) + Number(bgr),
      ),
    );
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
    expect(found.find(({ treatment }) => !treatment.bgr)!.name).toBe('as given, red first');
    expect(found.filter(({ change }) => change === 'layout').map(({ name }) => name)).toEqual([
      'as given, axes moved',
      'as given, NHWC',
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
