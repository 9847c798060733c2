import { SmoothcertError, type ErrorCode } from '../../shared/errors.js';
import type { JobUpdate } from '../../api/job-view.js';
import type { CertificationService } from '../../coordinator/jobs/certification-service.js';
import { happens, type ServiceBed } from './service-bed.js';
import { never } from './never.js';

/** An error as a port throws it. */
export const fault = (code: ErrorCode): SmoothcertError => new SmoothcertError(code, 'It is away.', 'Wait.');

/** The same port with some other methods. */
export function replacing<T extends object>(port: T, methods: Partial<T>): T {
  return new Proxy(port, {
    get(target, name): unknown {
      const mine: unknown = Reflect.get(methods, name);
      if (mine !== undefined) return mine;
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

/** The same port; its calls fail where `failing` says so. */
export function faulty<T extends object>(port: T, failing: (method: string) => boolean): T {
  return new Proxy(port, {
    get(target, name): unknown {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== 'function') return found;
      const method = found.bind(target) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) =>
        failing(String(name)) ? Promise.reject(fault('NATS_UNREACHABLE')) : method(...given);
    },
  });
}

/** Names the nth call of a method. */
export function nth(method: string, n: number): (called: string) => boolean {
  let calls = 0;
  return (called) => called === method && ++calls === n;
}

/** Lets the clock go on while something is waited for: backoff, ticks, sweeps. */
export async function meanwhile<T>({ clock }: ServiceBed, done: Promise<T>): Promise<T> {
  let over = false;
  const ended = done.finally(() => (over = true));
  ended.catch(() => undefined);
  await happens(async () => {
    if (!over) await Promise.race([clock.advance(500), ended.catch(() => undefined)]);
    return over;
  });
  return ended;
}

export async function updatesOf(service: CertificationService, id: string, after = 0): Promise<JobUpdate[]> {
  const updates: JobUpdate[] = [];
  for await (const update of service.watch(id, after, never)) updates.push(update);
  return updates;
}

/** Lets a worker answer so many tasks; further ones wait for `open`. */
export class Gate {
  private answered = 0;
  private isOpen = false;

  constructor(private readonly tasks: number) {}

  readonly pass = async (): Promise<boolean> => {
    this.answered += 1;
    if (this.answered > this.tasks) await happens(() => this.isOpen);
    return true;
  };

  open(): void {
    this.isOpen = true;
  }
}
