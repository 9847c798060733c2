import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import { FLOORS } from '../../eslint.config.mjs';
import { ROOT } from '../harness/command.js';
import { attacks, EVIL, type Decoder } from './decoder-table.js';
import { FURTHER } from './decoders.js';
import { MESSAGES } from './messages.js';
import { RESULTS } from './results-decoders.js';
import { RUNS } from './support.js';
import { cpuMs } from '../support/cpu-time.js';

/** Every decoder of the project is here, or in a test beside this one: `SMOOTHCERT_FUZZ=20` for twenty times the runs. */

const DECODERS = [...MESSAGES, ...FURTHER, ...RESULTS];
/** Of processor time, far above what any of these takes on a slow machine: what is quadratic in 60,000 bytes takes longer. */
const LONGEST_MS = 5_000;
/** Of the runs of the tests of data sets, which are fewer and slower. */
const USUAL_SHARE = 0.4;
const MOST_BYTES = 512 * 2 ** 20;

/** Tried, as whole imports, by the tests beside this one. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'input/arrays/array-images.ts readArrayLabels': 'arrays.test.ts',
  'input/records/cifar.ts openCifar': 'formats.test.ts',
  'input/pictures/csv-labels.ts readCsvLabels': 'formats.test.ts',
  'input/pictures/csv.ts csvRows': 'formats.test.ts',
  'input/bytes/gzip.ts gunzipped': 'formats.test.ts',
  'input/records/idx.ts readIdxHeader': 'formats.test.ts',
  'input/arrays/array-labels.ts readLabels': 'arrays.test.ts',
  'input/arrays/npy.ts readNpyHeader': 'arrays.test.ts',
  'input/arrays/npz.ts openArchive': 'bombs.test.ts',
  'input/formats.ts readLabelFile': 'arrays.test.ts',
  'input/pictures/picture.ts decodePicture': 'pictures.test.ts',
  'input/arrays/python-literal.ts parsePythonLiteral': 'arrays.test.ts',
  'input/arrays/array-values.ts readPieces': 'arrays.test.ts',
  'input/arrays/array-values.ts readValues': 'arrays.test.ts',
};
/** They read no bytes themselves. */
const NO_DECODERS: Readonly<Record<string, string>> = {
  'adapters/nats/ledger/ledger-reader.ts readLedger': 'hands messages to decodeRecord',
  'cli/plan/read-source.ts readSource': 'hands texts to readResultLine and parseCohenTable',
  'cli/plan/sources.ts readSources': 'hands names to readSource',
  'cli/certify/progress-line.ts readFold': 'reads a fold in memory',
  'cli/results/read-fold.ts readFold': 'hands frames to decodeRecord',
  'cli/report/read-folder.ts readFolder': 'hands lines to imageResultOf, and frames to decodeRecord',
  'cli/report/result-file.ts readResultFile': 'hands lines to imageResultOf, of the table of results',
  'page/routes.ts parseRoute': 'takes any text, and runs in a browser: page/routes.test.ts tries it',
};

describe.each(DECODERS.map((decoder) => [decoder.name, decoder] as const))('%s', (_, decoder) => {
  it('that is valid is read, and what was read is written as it was', async () => {
    for (const bytes of decoder.valid()) {
      const value = await tried(decoder, Buffer.from(bytes));
      if (decoder.write !== undefined)
        expect(decoder.read(Buffer.from(decoder.write(value as never)))).toEqual(value);
    }
  });

  it('of whatever bytes ends in a value or one of its errors, soon', async () => {
    const before = process.memoryUsage().rss;
    for (const bytes of EVIL) await tried(decoder, bytes);
    const numRuns = Math.ceil(RUNS.numRuns * (decoder.share ?? USUAL_SHARE));
    const property = fc.asyncProperty(attacks(decoder.valid()), async (bytes) => {
      await tried(decoder, bytes);
    });
    await fc.assert(property, { ...RUNS, numRuns });
    expect(process.memoryUsage().rss - before).toBeLessThan(MOST_BYTES);
  }, 120_000);
});

async function tried({ read, codes, documented }: Decoder, bytes: Buffer): Promise<unknown> {
  const began = cpuMs();
  try {
    return await read(bytes);
  } catch (error) {
    if (documented === true && error instanceof Error) return null;
    if (!(error instanceof SmoothcertError)) throw error;
    expect(codes).toContain(error.code);
    // A flag's own words are told again, whole: whoever typed them knows how long they are.
    if (error.code !== 'OPTION_INVALID') expect(error.message.length).toBeLessThan(10_000);
    return null;
  } finally {
    expect(cpuMs() - began).toBeLessThan(LONGEST_MS);
  }
}

const EXPORT =
  /^export (?:async )?(?:function\*?|const) ((?:decode|parse|read|gunzip|inflate)[A-Z]\w*|gunzipped|csvRows|\w+Of(?:Wire|Json|Request|Message)|descriptionOf|frameAt|holdsFrame|externalRanges|(?:fields|string)Of|editFields|freeBatch|openArchive|openCifar)\b/gm;

describe('the table', () => {
  const known = new Set([
    ...DECODERS.flatMap(({ tries }) => tries),
    ...Object.keys(ELSEWHERE),
    ...Object.keys(NO_DECODERS),
  ]);
  const sources = Object.keys(FLOORS).flatMap((part) =>
    readdirSync(path.join(ROOT, part), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.(test|d)\.ts$|\/assembly\//.test(file))
      .map((file) => `${part}/${file.replaceAll(path.sep, '/')}`),
  );
  const found = sources.flatMap((file) =>
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(EXPORT)].map(([, name]) => `${file} ${name!}`),
  );

  it('has every export that decodes, parses or reads', () => {
    expect(found.length).toBeGreaterThan(60);
    expect(found.filter((one) => !known.has(one))).toEqual([]);
  });

  it('has none that is gone', () => {
    expect([...known].filter((one) => !found.includes(one))).toEqual([]);
  });

  it('names tests that are there', () => {
    const here = readdirSync(path.join(ROOT, 'test/fuzz'));
    expect(Object.values(ELSEWHERE).filter((file) => !here.includes(file))).toEqual([]);
  });
});
