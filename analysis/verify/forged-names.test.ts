import { describe, expect, it } from 'vitest';
import { JOBS, mixed, text, whats, with_ } from '../../test/support/forged-results.js';
import { namedFiles, resultJob } from '../../test/support/result-files.js';
import type { FolderFiles } from './verify-folder.js';

const NAMES = {
  files: ['a/1.png', 'b/"2".png', null, '=d/4, x.png'],
  classes: ['ape', 'bee', 'cat, big', '-dog', 'elk', 'fox', 'gnu'],
};
const named = (name: string, names: Partial<typeof NAMES> | { classes: null } = {}): FolderFiles => {
  const [asked, voter] = JOBS[name]!;
  return namedFiles(resultJob(asked), voter, { ...NAMES, ...names });
};
const GAIN = named('gain');

describe('a folder whose files and classes have names', () => {
  it.each(['gain', 'target', 'fixed', 'laplace', 'predict', 'clt', 'two-stage'])('of %s holds', (name) => {
    expect(whats(named(name))).toEqual([]);
    expect(whats(with_(named(name), { ledger: null }))).toEqual([]);
  });

  it('holds with names of files or of classes alone, and without either', () => {
    const [asked] = JOBS['gain']!;
    for (const [files, classes] of [
      [NAMES.files, null],
      [null, NAMES.classes],
      [null, null],
    ] as const)
      expect(whats(namedFiles(resultJob(asked), mixed, { files, classes }))).toEqual([]);
  });

  it.each<[keyof FolderFiles, string | RegExp, string, string]>([
    ['resultsJsonl', 'a/1.png', 'a/2.png', 'Its label or its file is not that of images.jsonl'],
    ['resultsJsonl', '"class_name":"-dog"', '"class_name":"dog"', 'not those in job.json'],
    ['resultsJsonl', '"label_name":"ape"', '"label_name":"bee"', 'not those in job.json'],
    ['resultsJsonl', '"file":"a/1.png"', '"file":"a\\n.png"', 'row.file is not such a text'],
    ['resultsTsv', '\ta/1.png\t', '\ta/2.png\t', 'Its row is not that'],
    ['resultsTsv', /\tfile\tclass_name\n/, '\n', 'no columns for them'],
    ['resultsTsv', '"b/""2"".png"', 'b/"2".png', 'Its row is not that'],
    ['resultsCsv', 'image,file', 'image,files', 'Its header is not'],
    ['resultsCsv', /\n$/, '', 'does not end with a line end'],
    ['resultsCsv', /\n[^\n]*\n$/, '\n', 'It has 3 rows, and results.jsonl 4.'],
    ['resultsCsv', "'=d/4", '=d/4', 'Its row is not that'],
    ['resultsTsv', "'=d/4", '=d/4', 'Its row is not that'],
    ['resultsCsv', /,0\.\d{6},0\./, ',9.999999,0.', 'Its row is not that'],
    ['resultsCsv', /\d\n$/, 'x\n', 'Its row is not that'],
    ['imagesJsonl', '"label":0', '"label":7', 'Its label or its file is not that of images.jsonl'],
    ['imagesJsonl', 'a/1.png', 'a/2.png', 'Its label or its file is not that of images.jsonl'],
    ['imagesJsonl', /\n[^\n]*\n$/, '\n', 'not one line for each of the 4 images'],
    ['imagesJsonl', /\n$/, '', 'or does not end with a line end'],
    ['imagesJsonl', '"image":1', '"image":3', 'image 1 comes next'],
    ['imagesJsonl', '{"image":1', '{ "image":1', 'it is written otherwise'],
    ['imagesJsonl', '{"image":1', '"image":1', 'it is no JSON'],
    ['imagesJsonl', '"label":1', '"label":1.5', 'line.label is no whole number'],
    ['jobJson', '"ape"', '"bee"', 'not those in job.json'],
    ['jobJson', /"classes": \[[^\]]*\]/, '"classes": "ape"', 'job.json.classes is no list'],
  ])('does not hold with %s in which %s is %j', (file, from, by, found) => {
    const before = Buffer.from(GAIN[file] as Uint8Array).toString();
    const after = before.replace(from, by);
    expect(after).not.toBe(before);
    expect(whats(with_(GAIN, { [file]: text(after) })).join('\n')).toContain(found);
  });

  it('of unlabelled images has unknown, or as version 0.1.0 wrote it 0, in results.tsv', () => {
    const [asked] = JOBS['gain']!;
    const files = namedFiles(resultJob(asked), mixed, { files: null, classes: null });
    const bare = (bytes: Uint8Array | null | undefined, from: RegExp, by: string) =>
      text(Buffer.from(bytes!).toString().replace(from, by));
    const unlabelled = {
      resultsJsonl: bare(
        files.resultsJsonl,
        /"label":\d+|"correct":(true|false)/g,
        '"label":null',
      ).toString(),
      imagesJsonl: bare(files.imagesJsonl, /"label":\d+/g, '"label":null'),
      resultsCsv: bare(files.resultsCsv, /^(\d+,,)\d+(,,\w+,\d*,,)[01]/gm, '$1$2'),
      topkTxt: null,
    };
    const rows = unlabelled.resultsJsonl.replace(
      /"class":(\d+|null),"label":null/g,
      '"class":$1,"correct":null',
    );
    for (const correct of ['unknown', '0']) {
      const tsv = bare(files.resultsTsv, /^(\d+\t)\d+(\t-?\d+\t[.\d]+\t)[01]/gm, `$1-1$2${correct}`);
      expect(whats(with_(files, { ...unlabelled, resultsJsonl: text(rows), resultsTsv: tsv }))).toEqual([]);
    }
    const wrong = bare(files.resultsTsv, /^(\d+\t)\d+(\t-?\d+\t[.\d]+\t)[01]/gm, '$1-1$21');
    const other = with_(files, { ...unlabelled, resultsJsonl: text(rows), resultsTsv: wrong });
    expect(whats(other).join()).toContain('Its row is not that');
  });
});
