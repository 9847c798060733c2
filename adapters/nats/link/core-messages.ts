import type { Msg, NatsConnection, PublishOptions } from '@nats-io/transport-node';
import { SmoothcertError } from '../../../shared/errors.js';

/** Counts messages that cannot be read. They are ignored: whoever sent them is of another version, or none of us. */
export class MalformedMessages {
  private found = 0;

  /** @param onFound told of each */
  constructor(private readonly onFound: () => void = () => undefined) {}

  get count(): number {
    return this.found;
  }

  /** Counts one that was found elsewhere. */
  add(): void {
    this.found++;
    this.onFound();
  }

  /** What the bytes say; null if they say nothing. @param decode throws only SmoothcertErrors */
  read<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T | null {
    try {
      return this.readOrThrow(decode, bytes);
    } catch (error) {
      if (error instanceof SmoothcertError) return null;
      throw error;
    }
  }

  /** What the bytes say. @throws what `decode` throws */
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
 * Publishes what may be lost. Never throws: a connection that is closed, or about to be, says nothing any more,
 * and what is published while the server is away is forgotten.
 */
export function tell(nc: NatsConnection, subject: string, bytes: Uint8Array, options?: PublishOptions): void {
  if (nc.isClosed() || nc.isDraining()) return;
  nc.publish(subject, bytes, options);
}

/** Whether this is the server's word that nobody listens where something was asked. */
export function isNobodyThere(msg: Msg): boolean {
  return msg.data.length === 0 && msg.headers?.code === 503;
}
