import { describe, expect, it } from 'vitest';
import { folderOrderNote } from './folder-order.js';

describe('the order of folders of classes', () => {
  it('is remarked where names are numbers and text sorts them otherwise', () => {
    const names = ['0', '1', '10', '11', '2', '3'];
    expect(folderOrderNote(names)).toMatch(
      /folder 10 comes before folder 2 and is class 2\. If the model's class 10 is/,
    );
  });

  it.each([
    ['numbers that text sorts as numbers', ['0', '1', '2', '9']],
    ['the names of the remedy', ['00', '01', '02', '10', '11']],
    ['other names', ['0', '1', '10', '2', 'x']],
    ['names with numbers in them', ['n01440764', 'n01443537', 'n2']],
    ['one folder', ['10']],
    ['none', null],
  ])('is not remarked of %s', (_, names) => {
    expect(folderOrderNote(names)).toBeNull();
  });
});
