import { SmoothcertError } from '../../shared/errors.js';
import { ForkedProcess } from '../draw/forked-process.js';
import type { Refusal } from '../draw/messages.js';
import type {
  FromTrial,
  ToTrial,
  TrialOutcome,
  TrialQuestion,
  TrialSetup,
  TrialSubject,
} from './messages.js';

const CHILD_MODULE = new URL('./child.js', import.meta.url);
const CLOSE_GRACE_MS = 1_000;

/** A trial in a process of its own: one at a time is asked for, and each answer may be waited for or given up. */
export class TrialProcess {
  private readonly process: ForkedProcess;
  private heard: ((message: FromTrial) => void) | null = null;
  private asked = 0;

  /** @param signal ends the process: what was asked is then rejected with CHILD_DIED */
  constructor(signal: AbortSignal, module: URL = CHILD_MODULE) {
    this.process = new ForkedProcess(module, 'advanced');
    this.process.onMessage((message) => this.heard?.(message as FromTrial));
    const kill = () => this.process.kill();
    if (signal.aborted) kill();
    signal.addEventListener('abort', kill, { once: true });
    void this.process.gone.then(() => signal.removeEventListener('abort', kill));
  }

  /** Loads model and images. @throws what the process refuses them with, CHILD_DIED */
  async start(setup: TrialSetup): Promise<TrialSubject> {
    const answer = await this.ask({ kind: 'start', setup });
    if (answer.kind === 'ready') return answer.subject;
    throw this.refused(answer);
  }

  /** Runs images in one preprocessing. Resolves with an error if the model does not take images that are prepared like this. @throws CHILD_DIED */
  async outcomeOf(question: Omit<TrialQuestion, 'id'>): Promise<TrialOutcome | SmoothcertError> {
    this.asked += 1;
    const answer = await this.ask({ kind: 'try', id: this.asked, ...question });
    if (answer.kind === 'tried') return answer.outcome;
    if (answer.kind === 'unfit') return errorOf(answer.refusal);
    throw this.refused(answer);
  }

  close(): Promise<void> {
    return this.process.close(CLOSE_GRACE_MS);
  }

  private ask(message: ToTrial): Promise<FromTrial> {
    return new Promise((resolve, reject) => {
      this.heard = resolve;
      void this.process.gone.then((how) => reject(this.process.death('while it was tried out', how)));
      this.process.send(message);
    });
  }

  private refused(answer: FromTrial): SmoothcertError {
    return answer.kind === 'refused'
      ? errorOf(answer)
      : new SmoothcertError('INTERNAL', 'The trial process answered out of turn.', 'Report this as a bug.');
  }
}

const errorOf = ({ code, message, remedy }: Refusal): SmoothcertError =>
  new SmoothcertError(code, message, remedy);
