import path from 'node:path';
import { importDataSet } from '../../input/convert.js';
import { clippingNote } from '../../input/pixels/clip.js';
import { roundingNote } from '../../shared/dataset/rounding-note.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { resolveImages } from '../certify/drawing-setup.js';
import { EXIT } from '../command/exit.js';
import { inTemporaryFolder } from '../command/in-temporary-folder.js';
import type { CheckVerbConfig } from './check-flags.js';
import { checkInput, indicesOf, strictError, subjectOf } from './check-input.js';
import { renderReport, reportToObject } from './render-report.js';

/** `smoothcert check`. Resolves with the exit code. @throws SmoothcertError; CHECK_FAILED with --strict, once the report is printed */
export async function check(config: CheckVerbConfig, interrupt: AbortSignal): Promise<number> {
  return inTemporaryFolder('check', interrupt, async (folder) => {
    const { labels, features, noise, sigma, clip, bgr } = config;
    const data = await importDataSet({
      data: config.data,
      into: path.join(folder, 'data.canonical'),
      range: config.images,
      lattice: { features, noiseScale: scaleOf(noise, sigma) },
      reading: { clip, bgr },
      ...(labels === null ? {} : { labels }),
    });
    const images = indicesOf(resolveImages(config, data.count));
    const report = await checkInput(config, data, images);
    const subject = subjectOf(report, data);
    if (config.json) process.stdout.write(`${JSON.stringify(reportToObject(report, subject, sigma))}\n`);
    else {
      for (const note of [config.imagesNote, roundingNote(data.lattice), clippingNote(data.clipping)])
        if (note !== null) process.stderr.write(`Note: ${note}\n`);
      process.stdout.write(renderReport(report, subject, sigma));
    }
    const error = config.strict ? strictError(report, data) : null;
    if (error !== null) throw error;
    return EXIT.done;
  });
}
