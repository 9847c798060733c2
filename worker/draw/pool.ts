import { SmoothcertError } from '../../shared/errors.js';
import { NO_METRICS, type Metrics } from '../../shared/telemetry/metrics.js';
import type { Shard } from '../../shared/shards.js';
import { NO_FIGURES, addFigures, type DrawingFigures } from './drawing-figures.js';
import { InferenceChild } from './child-process.js';
import type { Drawn, FromChild, ToChild } from './messages.js';
import type { ChildSetup, Prepared } from './setup.js';

/** With one shard in flight a small model reaches 70 % of its rate: the child waits for the parent. */
const SHARDS_IN_FLIGHT = 2;
/** And as many as fill this many batches, where a batch holds several shards. */
const BATCHES_IN_FLIGHT = 4;
/** A SIGKILL may come from outside (a person, the kernel short of memory), so several are allowed before a shard fails. */
const KILLS_BEFORE_FAILURE = 5;
const STARTS_BEFORE_GIVING_UP = 5;
const KILLED_STARTS_BEFORE_GIVING_UP = 20;
const LARGEST_BACKOFF_MS = 5_000;
const WATCH_EVERY_MS = 250;
const CLOSE_GRACE_MS = 5_000;
/** A batch may take this many times the probe's longest before the child counts as hung. */
const HANG_FACTOR = 50;

/** How a child ended that was killed because it was silent. */
export const HUNG = 'no sign of life';

export interface PoolOptions {
  readonly processes: number;
  readonly setup: ChildSetup;
  /** A silent child is killed after this long, or 50 of its batches if that is longer. */
  readonly hangMs: number;
  /** Fingerprint that every child must have; null takes the first child's and does not insist. */
  readonly fingerprint: string | null;
  /** The compiled child, where it is not beside this file (tests run from the sources). */
  readonly childModule?: URL;
  /** Called for each child that ended without being asked to, with how, and the end of what it wrote to standard error. */
  readonly onDeath: (how: string, stderrTail: string) => void;
  readonly metrics?: Metrics<'worker'>;
}

/** The part of a pool that draws tasks. */
export type ShardDrawer = Pick<Pool, 'draw' | 'stop' | 'drain' | 'broken'>;

interface Draw {
  readonly id: number;
  readonly shard: Shard;
  readonly resolve: (drawn: Drawn) => void;
  alone: boolean;
  kills: number;
}

interface Slot {
  child: InferenceChild | null;
  ready: boolean;
  hung: boolean;
  hangMs: number;
  batch: number;
  readonly inFlight: Map<number, Draw>;
  failedStarts: number;
}

/**
 * Starts and watches the inference processes of one job. One that dies or hangs is replaced once its pid is gone; its
 * shards are drawn again, the same samples. A shard fails only for what happened while it was drawn alone.
 */
export class Pool {
  private readonly slots: Slot[];
  private readonly waiting: Draw[] = [];
  private readonly watchdog: NodeJS.Timeout;
  private nextId = 0;
  private lastFingerprint: string | null = null;
  private drawn = NO_FIGURES;
  private readonly metrics: Metrics<'worker'>;
  private state: 'running' | 'draining' | 'closed' = 'running';
  private fail!: (error: unknown) => void;
  /** Rejects when no child can draw any more; never resolves. */
  readonly broken: Promise<never>;

  constructor(private readonly options: PoolOptions) {
    this.metrics = options.metrics ?? NO_METRICS;
    this.broken = new Promise((_, reject) => (this.fail = reject));
    this.broken.catch(() => undefined);
    this.slots = Array.from({ length: options.processes }, () => ({
      child: null,
      ready: false,
      hung: false,
      failedStarts: 0,
      batch: 1,
      hangMs: options.hangMs,
      inFlight: new Map<number, Draw>(),
    }));
    for (const slot of this.slots) this.start(slot);
    this.watchdog = setInterval(() => this.killHung(), WATCH_EVERY_MS).unref();
  }

  /** Fingerprint of the child that was ready last; null before. */
  get fingerprint(): string | null {
    return this.lastFingerprint;
  }

  /** Returns what the children have told of their batches until now. */
  get figures(): DrawingFigures {
    return this.drawn;
  }

  /** Pids of the children that live. */
  get pids(): number[] {
    return this.slots.flatMap((slot) => slot.child?.pid ?? []);
  }

  /** Children that can draw. */
  get ready(): number {
    return this.slots.filter((slot) => slot.ready).length;
  }

  /** Milliseconds by which the most silent child has exceeded its limit of silence. */
  get overdueMs(): number {
    const now = performance.now();
    return Math.max(0, ...this.slots.map((slot) => this.overdueOf(slot, now)));
  }

  /** Shards that children are drawing now. */
  get inFlight(): number {
    return this.slots.reduce((sum, slot) => sum + slot.inFlight.size, 0);
  }

  /** Draws a shard on the next free child. */
  draw(shard: Shard): Promise<Drawn> {
    return new Promise((resolve) => {
      const draw = { id: this.nextId++, shard, resolve, alone: false, kills: 0 };
      if (this.state !== 'running') resolve({ kind: 'returned' });
      else this.waiting.push(draw);
      this.assign();
    });
  }

  /** Drops the shards of images that are decided: unstarted at once, running ones after their batch. */
  stop(images: readonly number[]): void {
    const decided = new Set(images);
    for (const draw of this.waiting.filter(({ shard }) => decided.has(shard.image))) {
      this.waiting.splice(this.waiting.indexOf(draw), 1);
      draw.resolve({ kind: 'dropped' });
    }
    for (const { child, inFlight } of this.slots) {
      const named = [...inFlight.values()]
        .map(({ shard }) => shard.image)
        .filter((image) => decided.has(image));
      if (named.length > 0) child?.send([{ kind: 'stop', images: named }]);
    }
  }

  /** Hands back what is not drawn: the queue at once, children after the batch that is running. */
  drain(): void {
    if (this.state === 'running') this.state = 'draining';
    for (const draw of this.waiting.splice(0)) draw.resolve({ kind: 'returned' });
    for (const { child } of this.slots) child?.send([{ kind: 'drain' }]);
  }

  /** Ends all processes by SIGKILL, also those that answer nothing. To be called after `drain`: then none is replaced. */
  kill(): void {
    for (const { child } of this.slots) child?.kill();
  }

  /** Ends all children; resolves when their pids are gone. */
  async close(): Promise<void> {
    this.drain();
    this.state = 'closed';
    clearInterval(this.watchdog);
    await Promise.all(this.slots.flatMap(({ child }) => child?.close(CLOSE_GRACE_MS) ?? []));
  }

  private start(slot: Slot): void {
    const { setup, childModule } = this.options;
    const child = new InferenceChild(setup, (message) => this.receive(slot, message), childModule);
    Object.assign(slot, { child, ready: false, hung: false });
    child.ready.then(
      (prepared) => this.becomeReady(slot, prepared),
      (error: unknown) => this.refused(error),
    );
    void child.gone.then((how) => this.onGone(slot, child, how));
  }

  private becomeReady(slot: Slot, prepared: Prepared): void {
    const { fingerprint } = this.options;
    if (fingerprint !== null && prepared.fingerprint !== fingerprint) {
      this.fail(fingerprintMismatch());
      return;
    }
    this.lastFingerprint = prepared.fingerprint;
    slot.ready = true;
    slot.batch = prepared.batch;
    slot.hangMs = Math.max(this.options.hangMs, HANG_FACTOR * prepared.batchMs);
    this.assign();
  }

  /** An error of one child holds for all of them, except that it died: `onGone` counts that. */
  private refused(error: unknown): void {
    if (!(error instanceof SmoothcertError && error.code === 'CHILD_DIED')) this.fail(error);
  }

  private assign(): void {
    for (const slot of this.slots) {
      if (!slot.ready || !slot.child) continue;
      const messages: ToChild[] = [];
      while (this.waiting.length > 0 && this.fits(slot, this.waiting[0]!)) {
        const draw = this.waiting.shift()!;
        if (slot.inFlight.size === 0) slot.child.heardAt = performance.now();
        slot.inFlight.set(draw.id, draw);
        messages.push({ kind: 'draw', id: draw.id, shard: draw.shard, alone: draw.alone });
      }
      slot.child.send(messages);
    }
  }

  private fits(slot: Slot, draw: Draw): boolean {
    const busy = [...slot.inFlight.values()];
    if (draw.alone || busy.some(({ alone }) => alone)) return busy.length === 0;
    const samples = busy.reduce((sum, { shard }) => sum + shard.end - shard.begin, 0);
    return busy.length < SHARDS_IN_FLIGHT || samples < BATCHES_IN_FLIGHT * slot.batch;
  }

  private receive(slot: Slot, message: FromChild): void {
    if (message.kind === 'batches') this.observe(message);
    // An error after the start, too, holds for all children.
    if (message.kind === 'refused')
      this.fail(new SmoothcertError(message.code, message.message, message.remedy));
    if (!('id' in message)) return;
    const { id, ...drawn } = message;
    const draw = slot.inFlight.get(id);
    if (!draw) return;
    slot.inFlight.delete(id);
    slot.failedStarts = 0;
    draw.resolve(drawn);
    this.assign();
  }

  private observe({ noise, inference, figures }: Extract<FromChild, { kind: 'batches' }>): void {
    this.drawn = addFigures(this.drawn, figures);
    this.metrics.add('smoothcert_audited_batches_total', figures.audited);
    this.metrics.add('smoothcert_tied_votes_total', figures.tied);
    this.metrics.observeAll('smoothcert_batch_duration_seconds', noise, { phase: 'noise' });
    this.metrics.observeAll('smoothcert_batch_duration_seconds', inference, { phase: 'inference' });
  }

  /** Replaces a child that is gone. Its shards wait to be drawn again, each alone; one that was alone already may fail. */
  private onGone(slot: Slot, child: InferenceChild, how: string): void {
    if (slot.child !== child) return;
    const unfinished = [...slot.inFlight.values()];
    slot.inFlight.clear();
    if (!slot.ready) this.countFailedStart(slot, child, how);
    Object.assign(slot, { child: null, ready: false });
    if (this.state !== 'running') {
      for (const draw of unfinished) draw.resolve({ kind: 'returned' });
      return;
    }
    this.metrics.add('smoothcert_process_restarts_total', 1, { reason: slot.hung ? 'hung' : 'died' });
    this.options.onDeath(slot.hung ? HUNG : how, child.stderrTail);
    const blamed = unfinished.length === 1 && unfinished[0]!.alone ? unfinished[0]! : null;
    if (blamed) blamed.kills += 1;
    for (const draw of unfinished.reverse()) {
      const killsAllowed = how === 'SIGKILL' && !slot.hung ? KILLS_BEFORE_FAILURE : 1;
      if (draw === blamed && draw.kills >= killsAllowed) draw.resolve(deathOf(slot.hung, how));
      else this.waiting.unshift(Object.assign(draw, { alone: true }));
    }
    const backoff = slot.failedStarts === 0 ? 0 : Math.min(100 * 2 ** slot.failedStarts, LARGEST_BACKOFF_MS);
    setTimeout(() => this.state === 'running' && this.start(slot), backoff);
    this.assign();
  }

  private countFailedStart(slot: Slot, child: InferenceChild, how: string): void {
    slot.failedStarts += 1;
    const limit = how === 'SIGKILL' ? KILLED_STARTS_BEFORE_GIVING_UP : STARTS_BEFORE_GIVING_UP;
    if (slot.failedStarts >= limit) child.ready.catch(this.fail);
  }

  private killHung(): void {
    const now = performance.now();
    for (const slot of this.slots) {
      if (this.overdueOf(slot, now) === 0) continue;
      slot.hung = true;
      slot.child?.kill();
    }
  }

  private overdueOf({ ready, inFlight, child, hangMs }: Slot, now: number): number {
    return ready && inFlight.size > 0 && child ? Math.max(0, now - child.heardAt - hangMs) : 0;
  }
}

function deathOf(hung: boolean, how: string): Drawn {
  return hung
    ? { kind: 'failed', code: 'CHILD_HUNG', detail: 'The inference process gave no sign of life.' }
    : { kind: 'failed', code: 'CHILD_DIED', detail: `The inference process ended (${how}).` };
}

export function fingerprintMismatch(): SmoothcertError {
  return new SmoothcertError(
    'FINGERPRINT_MISMATCH',
    'This device computes other bits than the one that began the job, so near-ties could be voted differently.',
    'Resume where the job began, or certify into a new folder.',
  );
}
