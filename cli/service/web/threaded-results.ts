import { Worker } from 'node:worker_threads';
import type { Drawn, ImagesQuery, ResultsReader } from '../../../coordinator/http/api/api-parts.js';
import { busy } from '../../../coordinator/http/api/limiter.js';
import type { Job } from '../../../shared/job.js';
import { Listeners } from '../../../shared/listeners.js';

/** A message to the thread. */
export type Question =
  | { readonly kind: 'begin'; readonly id: string; readonly job: Job; readonly images: number }
  | { readonly kind: 'add'; readonly id: string; readonly lines: readonly string[] }
  | { readonly kind: 'forget'; readonly id: string }
  | { readonly kind: 'figures'; readonly id: string; readonly number: number; readonly drawn: Drawn }
  | { readonly kind: 'images'; readonly id: string; readonly number: number; readonly query: ImagesQuery };

interface Answer {
  readonly number: number;
  readonly json: string;
}

/** MiB of the thread's heap: some hundred thousand images. A thread that needs more ends alone, and the next question begins another one. */
const HEAP_MIB = 512;
/** Questions that wait for an answer. */
const MOST_QUESTIONS = 256;

/** Keeps results in a thread of its own, which begins with the first question: whatever is counted there holds up nobody here. */
export class ThreadedResults implements ResultsReader {
  private thread: Worker | null = null;
  private readonly waiting = new Map<number, { resolve(json: string): void; reject(error: Error): void }>();
  private readonly lost = new Listeners<[]>();
  private asked = 0;

  /** @param onFault called with the error that a thread ended with, for a log */
  constructor(private readonly onFault: (error: unknown) => void) {}

  begin(id: string, job: Job, images: number): void {
    this.send({ kind: 'begin', id, job, images });
  }

  add(id: string, lines: readonly string[]): void {
    this.send({ kind: 'add', id, lines });
  }

  forget(id: string): void {
    this.send({ kind: 'forget', id });
  }

  figures(id: string, { samples, sequence }: Drawn): Promise<string> {
    return this.ask((number) => ({ kind: 'figures', id, number, drawn: { samples, sequence } }));
  }

  images(id: string, query: ImagesQuery): Promise<string> {
    return this.ask((number) => ({ kind: 'images', id, number, query }));
  }

  onLost(listener: () => void): void {
    this.lost.add(listener);
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.thread?.terminate();
  }

  private ask(question: (number: number) => Question): Promise<string> {
    if (this.waiting.size >= MOST_QUESTIONS) return Promise.reject(busy('questions about results wait'));
    const number = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.send(question(number));
    });
  }

  private send(question: Question): void {
    this.thread ??= this.start();
    this.thread.postMessage(question);
  }

  private start(): Worker {
    const thread = new Worker(new URL('./results-thread.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    thread.unref();
    thread.on('message', ({ number, json }: Answer) => {
      this.waiting.get(number)?.resolve(json);
      this.waiting.delete(number);
    });
    thread.on('error', (error) => this.onFault(error));
    thread.on('exit', () => {
      if (this.thread === thread) this.thread = null;
      const given = [...this.waiting.values()];
      this.waiting.clear();
      this.lost.tell();
      for (const one of given) one.reject(busy('results are kept'));
    });
    return thread;
  }
}
