import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import { encodeRichStatus } from '../../api/wire/service.js';
import { DETAILS_KEY, errorOf } from './call-errors.js';

const ADDRESS = 'host:1';

/** An error as grpc-js gives it to a caller. */
function serviceError(code: status, details: string, trailer?: Uint8Array): ServiceError {
  const metadata = new Metadata();
  if (trailer) metadata.set(DETAILS_KEY, Buffer.from(trailer));
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata });
}

const rich = (reason: string, violations: { field: string; description: string }[] = []) =>
  encodeRichStatus({
    code: 3,
    message: 'It is wrong.',
    reason,
    metadata: { remedy: 'Mend it.' },
    violations,
  });

describe('the error of a call', () => {
  it('is what the server says', () => {
    const error = serviceError(status.NOT_FOUND, 'cut', rich('JOB_NOT_FOUND'));
    expect(errorOf(error, ADDRESS)).toMatchObject({
      code: 'JOB_NOT_FOUND',
      message: 'It is wrong.',
      remedy: 'Mend it.',
      cause: error,
    });
  });

  it.each([
    ['spec.sigma', '--sigma (spec.sigma)'],
    ['spec.model.weights[0].path', '--model (spec.model.weights[0].path)'],
    ['spec.images', '--images (spec.images)'],
    ['spec.fixed.selection', '--n0 (spec.fixed.selection)'],
    ['spec.max_samples', '--max-samples (spec.max_samples)'],
    ['spec.modelling', 'spec.modelling'],
    ['page_token', 'page_token'],
  ])('names %s by its flag', (field, named) => {
    const trailer = rich('REQUEST_INVALID', [{ field, description: 'is 0, not above 0' }]);
    const { message } = errorOf(serviceError(status.INVALID_ARGUMENT, 'cut', trailer), ADDRESS);
    expect(message).toBe(`${named} is 0, not above 0.`);
  });

  it.each([
    [status.UNAVAILABLE, 'SERVER_UNREACHABLE', 'No server answers at host:1 (why).'],
    [status.DEADLINE_EXCEEDED, 'SERVER_UNREACHABLE', 'No server answers at host:1 (why).'],
    [status.CANCELLED, 'SERVER_UNREACHABLE', 'No server answers at host:1 (why).'],
    [status.INTERNAL, 'SERVER_UNREACHABLE', 'No server answers at host:1 (why).'],
    [status.UNAUTHENTICATED, 'UNAUTHENTICATED', 'The server at host:1 refuses these credentials.'],
    [status.UNIMPLEMENTED, 'PROTOCOL_MISMATCH', 'The server at host:1 does not know this call (why).'],
    [status.DATA_LOSS, 'INTERNAL', 'The call to host:1 failed in a way that was not foreseen: 15 why.'],
  ])('of status %s without details is %s', (code, expected, message) => {
    expect(errorOf(serviceError(code, 'why.'), ADDRESS)).toMatchObject({ code: expected, message });
  });

  it('survives details that are none of ours', () => {
    const unknown = serviceError(status.UNAVAILABLE, 'why', rich('NEW_CODE'));
    expect(errorOf(unknown, ADDRESS).code).toBe('SERVER_UNREACHABLE');
    const damaged = serviceError(status.UNAVAILABLE, 'why', Uint8Array.of(255, 255));
    expect(errorOf(damaged, ADDRESS).code).toBe('SERVER_UNREACHABLE');
    expect(errorOf(new Error('why.'), ADDRESS)).toMatchObject({ code: 'INTERNAL' });
    const own = new SmoothcertError('CANCELLED', 'a', 'b');
    expect(errorOf(own, ADDRESS)).toBe(own);
  });
});
