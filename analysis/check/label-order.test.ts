import { describe, expect, it } from 'vitest';
import { labelFaultOf } from './label-order.js';

/** Classes that a model gives to images of these true classes: right for all but every `wrongEvery`th. */
const answers = (truth: readonly number[], classes: number, wrongEvery = 5): number[] =>
  truth.map((one, at) => (at % wrongEvery === 0 ? (one + 3) % classes : one));
const truthOf = (images: number, classes: number): number[] =>
  Array.from({ length: images }, (_, at) => (7 * at + Math.floor(at / classes)) % classes);

const truth = truthOf(100, 12);
const plain = answers(truth, 12);
/** 0, 1, 10, 11, 2, … */
const asText = [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9];

describe('a fault of labels', () => {
  it('is none where labels are right, or the model knows nothing', () => {
    expect(labelFaultOf(plain, truth, 12, null)).toBeNull();
    expect(
      labelFaultOf(
        truth.map(() => 3),
        truth,
        12,
        null,
      ),
    ).toBeNull();
    expect(labelFaultOf(truthOf(100, 7), truth, 12, null)).toBeNull();
  });

  it('is none of images of one class that all get another class', () => {
    const threes = Array<number>(60).fill(3);
    const twos = Array<number>(60).fill(2);
    expect(labelFaultOf(twos, threes, 10, null)).toBeNull();
  });

  it('is none of a handful of images, however wrong', () => {
    expect(labelFaultOf([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6], 10, null)).toBeNull();
  });

  it.each([1, -1] as const)('is a shift by %i', (by) => {
    const finding = labelFaultOf(
      plain,
      truth.map((one) => one + by),
      12,
      null,
    );
    expect(finding).toEqual({
      fault: { kind: 'shifted', by, classes: 12 },
      right: 80,
      before: 0,
      images: 100,
    });
  });

  it.each([1, -1] as const)('is a shift by %i that wraps around, and no permutation', (by) => {
    const wrapped = truth.map((one) => (one + by + 12) % 12);
    // All that this model gets wrong is in the half on which a permutation is not tested.
    const lucky = truth.map((one, at) => (at % 10 === 0 ? (one + 3) % 12 : one));
    expect(labelFaultOf(lucky, wrapped, 12, null)).toEqual({
      fault: { kind: 'shifted', by, classes: 12 },
      right: 90,
      before: 0,
      images: 100,
    });
  });

  it('is the order of numbers as text, with and without names of folders', () => {
    const labels = truth.map((one) => asText.indexOf(one));
    const names = asText.map(String);
    const due = { fault: { kind: 'name-order', reverse: false }, right: 80, images: 100 };
    expect(labelFaultOf(plain, labels, 12, null)).toMatchObject(due);
    expect(labelFaultOf(plain, labels, 12, names)).toMatchObject(due);
    expect(
      labelFaultOf(
        plain,
        labels,
        12,
        names.map((name) => `class_${name}`),
      ),
    ).toMatchObject(due);
  });

  it('is that order of the classes, where a model was trained on folders', () => {
    const ofFolders = plain.map((one) => asText.indexOf(one));
    expect(labelFaultOf(ofFolders, truth, 12, null)?.fault).toEqual({ kind: 'name-order', reverse: true });
  });

  it('is a permutation that is found on one half and holds on the other', () => {
    const four = truthOf(100, 4);
    const permuted = [2, 0, 3, 1];
    const labels = four.map((one) => permuted[one]!);
    const finding = labelFaultOf(answers(four, 4, 10), labels, 4, ['cat', 'dog', 'fox', 'owl']);
    expect(finding).toMatchObject({ images: 50, right: 50, before: 0 });
    const classOf = new Map([
      [2, 0],
      [0, 1],
      [3, 2],
      [1, 3],
    ]);
    expect(finding!.fault).toEqual({ kind: 'permuted', classOf });
  });

  it('is no permutation that explains less than half', () => {
    const labels = truth.map((one) => (5 * one + 2) % 12);
    const rarely = truth.map((one, at) => (at % 10 < 4 ? one : (one + at) % 12));
    expect(labelFaultOf(plain, labels, 12, null)?.fault.kind).toBe('permuted');
    expect(labelFaultOf(rarely, labels, 12, null)).toBeNull();
  });

  it('is a swap of two classes, not a shift', () => {
    const two = truthOf(60, 2);
    expect(
      labelFaultOf(
        two.map((one) => 1 - one),
        two,
        2,
        null,
      )?.fault.kind,
    ).toBe('permuted');
  });

  it('is not looked for in the order of names that have no numbers', () => {
    const names = Array.from({ length: 12 }, (_, at) => `name-${'abcdefghijkl'[at]!}`);
    const labels = truth.map((one) => asText.indexOf(one));
    expect(labelFaultOf(plain, labels, 12, names)?.fault.kind).toBe('permuted');
  });
});
