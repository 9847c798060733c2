import { SmoothcertError } from '../../shared/errors.js';
import type { PrepareRequest } from '../../shared/ports/exchange.js';
import type { ArtifactCache } from './artifacts/cache.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { askChild } from '../draw/ask-child.js';
import type { ChildSetup, Prepared } from '../draw/setup.js';

/**
 * Returns what the model of a request is like on this machine.
 * @throws MODEL_DIGEST_MISMATCH if it is another model, what the cache and the inference process throw, and the reason of `signal`
 */
export async function inspectModel(
  { spec, probeImages }: PrepareRequest,
  cache: ArtifactCache,
  options: { readonly childModule?: URL; readonly signal: AbortSignal },
): Promise<Prepared> {
  const model = await cache.model(spec.model);
  try {
    const data = await cache.dataSet(spec.data.digest);
    try {
      await data.value.ensure(probeImages);
      const { layout, output, batch, normalisation, noise, sigma, seed, device } = spec;
      const setup: ChildSetup = {
        // The digest is compared below: the process is asked about any model.
        modelFile: model.value,
        modelDigest: null,
        dataFile: data.value.file,
        dataDigest: spec.data.digest,
        dataChunks: data.value.chunks,
        device,
        layout,
        output,
        batch,
        normalisation,
        noise: { kind: noise, scale: scaleOf(noise, sigma), drawn: null },
        seed,
        probeImages,
        auditShare: 0,
      };
      const prepared = await askChild(setup, options);
      if (prepared.modelDigest === spec.model.digest) return prepared;
      throw otherModel(prepared.modelDigest, spec.model.digest);
    } finally {
      await data.release();
    }
  } finally {
    await model.release();
  }
}

function otherModel(found: string, asked: string): SmoothcertError {
  return new SmoothcertError(
    'MODEL_DIGEST_MISMATCH',
    `The model file and its weights have digest ${found} together, and the job names ${asked}.`,
    'Name the digest that smoothcert artifacts put prints, or let smoothcert submit name it.',
  );
}
