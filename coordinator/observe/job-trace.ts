import type { JobEntry } from '../../shared/ports/job-store.js';
import type { Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { TraceContext } from '../../shared/telemetry/trace-context.js';
import { NO_SPAN, type Span, type Tracer } from '../../shared/telemetry/tracer.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { Effects, JobFold } from '../core/job-fold.js';

/** A job may have 100,000 tasks: the first ones are traced, then every 64th, up to a limit each time that its ledger is opened. */
const FIRST_TASKS = 64;
const EVERY = 64;
const MAX_TASKS = 2_000;
/** Events of one kind in a span: if a record decides more images, the others are only counted. */
const MAX_EVENTS = 32;

/**
 * Traces a job from when its ledger is opened until it is closed: a span for all of it, and a span for each task that is traced, from its issue
 * until its record is folded. The context of a task's span travels beside the task, so that the spans of workers are below it. Nothing that
 * it does changes the job.
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

  /** Returns a queue that traces the tasks that are put into it; the queue itself if nothing is traced. */
  over(queue: TaskQueue): TaskQueue {
    const { context } = this.span;
    if (context === null) return queue;
    return {
      publish: (task) => this.publish(queue, task, context),
      next: (signal) => queue.next(signal),
      depth: (job) => queue.depth(job),
      tasks: (job) => queue.tasks(job),
      purge: (job) => queue.purge(job),
      close: () => queue.close(),
    };
  }

  /** Ends the span of a task whose record was folded. */
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
    for (const image of effects.advanced.slice(0, MAX_EVENTS)) {
      span.event('smoothcert.look', {
        'smoothcert.image': image,
        'smoothcert.look': fold.images.get(image)?.look ?? 0,
      });
    }
    for (const image of effects.decided.slice(0, MAX_EVENTS)) {
      const outcome = fold.images.get(image)?.ending?.outcome ?? 'none';
      span.event('smoothcert.decision', { 'smoothcert.image': image, 'smoothcert.outcome': outcome });
    }
    span.end();
  }

  /** Ends all spans. @param error why the job is begun again, if that is so */
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
    if (!wanted || this.traced >= MAX_TASKS) return NO_SPAN;
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
