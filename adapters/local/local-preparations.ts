import type { Device } from '../../shared/job.js';
import type { PrepareRequest } from '../../shared/ports/exchange.js';
import { noWorker } from '../../shared/waiting-reasons.js';
import type { Waiting } from '../../shared/waiting.js';
import type { Prepared } from '../../shared/preparation.js';

type Answer = (request: PrepareRequest, signal: AbortSignal) => Promise<Prepared>;

/** A request that waits for its answer. */
interface PendingRequest {
  readonly request: PrepareRequest;
  /** Aborts when the answer is not wanted any more. */
  readonly signal: AbortSignal;
  readonly resolve: (prepared: Prepared) => void;
  readonly reject: (refusal: Error) => void;
}

/** Requests to prepare a model, and their answers, within one process. Each answerer takes one request at a time, first come, first served. */
export class LocalPreparations {
  private waiting: PendingRequest[] = [];
  private readonly answerers = new Map<Device, number>();
  private readonly wakers = new Set<() => void>();

  /** Resolves with the first answer; rejects with a refusal, or with the reason of `signal`. */
  async ask(
    request: PrepareRequest,
    onWaiting: (why: Waiting) => void,
    signal: AbortSignal,
  ): Promise<Prepared> {
    signal.throwIfAborted();
    const { device } = request.spec;
    if (!this.answerers.get(device)) onWaiting(noWorker(device));
    let giveUp!: () => void;
    const answered = new Promise<Prepared>((resolve, reject) => {
      giveUp = () => reject(signal.reason as Error);
      this.put({ request, signal, resolve, reject });
    });
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await answered;
    } finally {
      signal.removeEventListener('abort', giveUp);
      this.waiting = this.waiting.filter((asked) => asked.request !== request);
    }
  }

  /** Answers requests until `signal` aborts; a request that is being answered then goes to another answerer. */
  async answer(device: Device, answer: Answer, signal: AbortSignal): Promise<void> {
    this.answerers.set(device, (this.answerers.get(device) ?? 0) + 1);
    try {
      while (!signal.aborted) {
        const asked = this.take(device);
        if (asked === null) await this.changed(signal);
        else await this.settle(asked, answer, signal);
      }
    } finally {
      this.answerers.set(device, this.answerers.get(device)! - 1);
    }
  }

  private async settle(asked: PendingRequest, answer: Answer, signal: AbortSignal): Promise<void> {
    try {
      asked.resolve(await answer(asked.request, AbortSignal.any([signal, asked.signal])));
    } catch (refusal) {
      if (signal.aborted && !asked.signal.aborted) this.put(asked);
      else asked.reject(refusal as Error);
    }
  }

  private put(asked: PendingRequest): void {
    this.waiting.push(asked);
    for (const wake of [...this.wakers]) wake();
  }

  private take(device: Device): PendingRequest | null {
    const at = this.waiting.findIndex(({ request }) => request.spec.device === device);
    return at < 0 ? null : this.waiting.splice(at, 1)[0]!;
  }

  private async changed(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.wakers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
