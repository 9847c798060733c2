import type { JobEntry } from '../../shared/ports/job-store.js';
import type { Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { TraceContext } from '../../shared/telemetry/trace-context.js';
import { NO_SPAN, type Span, type Tracer } from '../../shared/telemetry/tracer.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { Effects, JobFold } from '../core/job-fold.js';

/** A job may have 100,000 tasks: the first ones are traced, then some, and never more than this in one drawing. */
const FIRST_TASKS = 64;
const EVERY = 64;
const MOST_TASKS = 2_000;
/** Events of one span: of a record that decides more images the others are only counted. */
const MOST_EVENTS = 32;

/**
 * The trace of one drawing of a job: a span for it, and one for each task that is traced, from its issue until its record is folded,
 * with what that decided. What a worker does is below the task's span: where that stands travels beside the task. It looks on; with
 * nobody to trace, the queue is the one that came.
 */
export class JobTrace {
  private readonly span: Span;
  private readonly tasks = new Map<string, Span>();
  private issued = 0;
  private traced = 0;

  constructor(
    private readonly tracer: Tracer,
    { id, trace, spec }: Pick<JobEntry, 'id' | 'trace' | 'spec'>,
  ) {
    const attributes = { 'smoothcert.job': id, 'smoothcert.device': spec.device };
    this.span = tracer.start('smoothcert.job.draw', { parent: trace ?? null, attributes });
  }

  over(queue: TaskQueue): TaskQueue {
    const { context } = this.span;
    if (context === null) return queue;
    return {
      publish: (task) => this.publish(queue, task, context),
      next: (signal) => queue.next(signal),
      depth: (job) => queue.depth(job),
      purge: (job) => queue.purge(job),
      close: () => queue.close(),
    };
  }

  /** A record was folded: the span of its task, if it has one, ends. */
  folded(fold: JobFold, { task, counted, failed, returned, dropped }: LedgerRecord, effects: Effects): void {
    const span = this.tasks.get(task);
    if (!span) return;
    this.tasks.delete(task);
    span.set({
      'smoothcert.shards.counted': counted.length,
      'smoothcert.shards.failed': failed.length,
      'smoothcert.shards.returned': returned.length,
      'smoothcert.shards.dropped': dropped.length,
      'smoothcert.looks': effects.advanced.length,
      'smoothcert.decided': effects.decided.length,
    });
    span.event('smoothcert.folded', { 'smoothcert.sequence': fold.sequence });
    for (const image of effects.advanced.slice(0, MOST_EVENTS)) {
      span.event('smoothcert.look', {
        'smoothcert.image': image,
        'smoothcert.look': fold.images.get(image)?.look ?? 0,
      });
    }
    for (const image of effects.decided.slice(0, MOST_EVENTS)) {
      const outcome = fold.images.get(image)?.ending?.outcome ?? 'none';
      span.event('smoothcert.decision', { 'smoothcert.image': image, 'smoothcert.outcome': outcome });
    }
    span.end();
  }

  /** Ends it, and what was not answered. @param error why the drawing ended, if it failed */
  end(error?: unknown): void {
    for (const span of this.tasks.values()) {
      span.event('smoothcert.unanswered');
      span.end();
    }
    this.tasks.clear();
    this.span.set({ 'smoothcert.tasks.issued': this.issued, 'smoothcert.tasks.traced': this.traced });
    this.span.end(error);
  }

  private async publish(queue: TaskQueue, task: Task, parent: TraceContext): Promise<'queued' | 'full'> {
    const span = this.begin(task, parent);
    if (span.context === null) return queue.publish(task);
    this.tasks.set(task.name, span);
    try {
      const outcome = await queue.publish({ ...task, trace: span.context });
      span.event(outcome === 'queued' ? 'smoothcert.queued' : 'smoothcert.queue-full');
      if (outcome === 'full') this.drop(task.name);
      return outcome;
    } catch (error) {
      this.drop(task.name, error);
      throw error;
    }
  }

  private begin({ name, job, shards }: Task, parent: TraceContext): Span {
    this.issued += 1;
    const wanted = this.issued <= FIRST_TASKS || this.issued % EVERY === 0;
    if (!wanted || this.traced >= MOST_TASKS) return NO_SPAN;
    this.traced += 1;
    const samples = shards.reduce((sum, { begin, end }) => sum + end - begin, 0);
    const attributes = {
      'smoothcert.job': job,
      'smoothcert.task': name,
      'smoothcert.shards': shards.length,
      'smoothcert.samples': samples,
    };
    return this.tracer.start('smoothcert.task', { kind: 'producer', parent, attributes });
  }

  private drop(name: string, error?: unknown): void {
    this.tasks.get(name)?.end(error);
    this.tasks.delete(name);
  }
}
