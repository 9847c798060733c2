import type { Msg, NatsConnection, PublishOptions } from '@nats-io/transport-node';
import { SmoothcertError } from '../../../shared/errors.js';

/** Counts messages that cannot be read and are ignored: their sender has another version, or is no part of smoothcert. */
export class MalformedMessages {
  private found = 0;

  /** @param onFound called for each */
  constructor(private readonly onFound: () => void = () => undefined) {}

  get count(): number {
    return this.found;
  }

  /** Counts a message that a caller could not read. */
  add(): void {
    this.found++;
    this.onFound();
  }

  /** Decodes the bytes; null, and counted, if they cannot be read. @param decode throws only SmoothcertErrors */
  read<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T | null {
    try {
      return this.readOrThrow(decode, bytes);
    } catch (error) {
      if (error instanceof SmoothcertError) return null;
      throw error;
    }
  }

  /** Decodes the bytes, and counts those that cannot be read. @throws what `decode` throws */
  readOrThrow<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
    try {
      return decode(bytes);
    } catch (error) {
      this.add();
      throw error;
    }
  }
}

/**
 * Publishes a message that may be lost. Never throws: nothing is sent on a connection that is closed or closing, and a message that is
 * published while the server cannot be reached is dropped.
 */
export function tell(nc: NatsConnection, subject: string, bytes: Uint8Array, options?: PublishOptions): void {
  if (nc.isClosed() || nc.isDraining()) return;
  nc.publish(subject, bytes, options);
}

/** Returns true for the server's status message that nobody listens on the subject of a request. */
export function isNobodyThere(msg: Msg): boolean {
  return msg.data.length === 0 && msg.headers?.code === 503;
}
