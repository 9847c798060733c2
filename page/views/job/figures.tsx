import { DrawnFigure } from '../../parts/drawn-figure.js';
import { useFigures } from './use-figures.js';

/** The figures of the images that are decided so far. @param sequence that of the job's progress */
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
