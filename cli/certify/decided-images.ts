import type { Effects, JobFold } from '../../coordinator/core/job-fold.js';
import { resultRowOf } from '../../coordinator/results/result-rows.js';
import type { ImageFacts } from '../../coordinator/results/row-names.js';
import type { RunTeller } from './run-teller.js';

/** Tells of the images of a job in the order in which the ledger decides them, each once. */
export class DecidedImages {
  /** Images that earlier runs have decided, until they are told; null from then on. */
  private earlier: number[] | null = [];

  constructor(
    private readonly fold: JobFold,
    private readonly facts: ImageFacts,
    private readonly teller: Pick<RunTeller, 'image'>,
  ) {}

  /** Takes what a record has changed. */
  readonly folded = ({ decided }: Pick<Effects, 'decided'>): void => {
    if (this.earlier === null) for (const image of decided) this.tell(image);
    else this.earlier.push(...decided);
  };

  /** Tells of the images that earlier runs have decided. They wait until the whole ledger is read, because its last record may refute all of them. */
  tellEarlier(): void {
    const { earlier } = this;
    this.earlier = null;
    for (const image of earlier ?? []) this.tell(image);
  }

  private tell(image: number): void {
    const { fold, facts, teller } = this;
    teller.image(() => resultRowOf(fold, image, facts.labelOf(image), facts.names));
  }
}
