import { useEffect } from 'preact/hooks';
import type { FiguresAnswer } from '../../../api/page-api.js';
import type { Figure } from '../../../report/figures/figure.js';
import { figuresPath } from '../../client/paths.js';
import { useClient, useStore } from '../../client/page-client.js';

/**
 * Returns the numbers and figures of the images that are decided so far; null before they are known. They are asked for again when the job has got on.
 * @param sequence that of its progress
 */
export function useFigures(id: string, sequence: number): FiguresAnswer<Figure> | null {
  const { polls } = useClient();
  const poll = polls.of<FiguresAnswer<Figure>>(figuresPath(id));
  const { data, failure } = useStore(poll.store);
  const known = data?.sequence ?? null;
  const isNew = known === null || known < sequence || failure !== null;
  // It is asked only while there is something new: a job that stands still costs nothing.
  useEffect(() => (isNew ? poll.start() : undefined), [poll, isNew]);
  return data;
}
