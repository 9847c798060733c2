import { useEffect } from 'preact/hooks';
import type { FiguresAnswer } from '../../../api/page-api.js';
import type { Figure } from '../../../report/figures/figure.js';
import { figuresPath } from '../../client/paths.js';
import { useClient, useStore } from '../../client/page-client.js';
import { DrawnFigure } from '../../parts/drawn-figure.js';

/** The figures of the images that are decided so far. They are asked for again when the job has got on. @param sequence that of its progress */
export function Figures({ id, sequence }: { readonly id: string; readonly sequence: number }) {
  const answer = useFigures(id, sequence);
  if (answer === null || answer.figures.length === 0) return null;
  return (
    <section aria-labelledby="figures">
      <h2 id="figures">Figures</h2>
      <div class="figures">
        {answer.figures.map((figure) => (
          <DrawnFigure key={figure.name} figure={figure} />
        ))}
      </div>
    </section>
  );
}

function useFigures(id: string, sequence: number): FiguresAnswer<Figure> | null {
  const { polls } = useClient();
  const poll = polls.of<FiguresAnswer<Figure>>(figuresPath(id));
  const { data, failure } = useStore(poll.store);
  const known = data?.sequence ?? null;
  const isNew = known === null || known < sequence || failure !== null;
  // It is asked only while there is something new: a job that stands still costs nothing.
  useEffect(() => (isNew ? poll.start() : undefined), [poll, isNew]);
  return data;
}
