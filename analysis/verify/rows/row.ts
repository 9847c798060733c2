import { list, number, object, oneOf, orNull, text, whole, type Shape } from '../job/shape.js';
import { jsonText } from '../folder/json-text.js';
import type { WrittenCounts } from '../folder/tally.js';

/** A row of results.jsonl (docs/results.md), of a certificate or of a prediction. */
export interface Row {
  readonly image: number;
  /** Names, where they are known. */
  readonly file?: string;
  readonly label_name?: string;
  readonly class_name?: string;
  readonly label: number | null;
  readonly outcome: 'certified' | 'approximate' | 'abstained' | 'failed' | 'predicted';
  readonly class: number | null;
  readonly correct: boolean | null;
  readonly alpha: number;
  readonly simultaneous?: { readonly alpha: number; readonly images: number };
  readonly bound: string;
  readonly stop: string;
  readonly detail?: string;
  readonly samples: number;
  readonly proved_by: { readonly begin: number; readonly end: number } | null;
  readonly counts: WrittenCounts;
  readonly looks: readonly (WrittenCounts & { readonly n: number })[];
  /** Only of certificates, from here on. */
  readonly radius?: number;
  readonly target?: string;
  readonly approximate_class?: number;
  readonly approximate_radius?: number | null;
  readonly norm?: string;
  readonly delta_upper?: string | null;
  readonly p_lower?: string | null;
  readonly runner_up?: RunnerUp | null;
  /** Only of predictions. */
  readonly p_value?: string | null;
}

/** The fields that a certificate with the runner-up has beside others. */
export interface RunnerUp {
  readonly class_votes: number;
  readonly outcome: number | 'invalid' | null;
  readonly votes: number;
  readonly p_upper: string;
  readonly radius_of_class_alone: number;
}

const UINT32 = 0xffff_ffff;
const COUNT = whole(0, 2e9);
const PROBABILITY = text(/^[01]\.\d{12}$/);
const RADIUS = number(0, Number.MAX_VALUE);
const NAME = text(/^[^\p{Cc}]{0,1024}$/u);

const listOrEmpty =
  (of: Shape): Shape =>
  (value, field) =>
    Array.isArray(value) && value.length === 0 ? null : list(of, UINT32)(value, field);

const COUNTS = {
  classes: listOrEmpty(whole(0, UINT32)),
  votes: listOrEmpty(whole(1, 2e9)),
  invalid: COUNT,
};

const COMMON = {
  image: whole(0, UINT32),
  label: orNull(whole(-(2 ** 31), UINT32)),
  class: orNull(whole(0, UINT32)),
  correct: orNull(oneOf(true, false)),
  alpha: number(0, 1),
  bound: text(/./),
  stop: text(/./),
  samples: COUNT,
  proved_by: orNull(object({ begin: COUNT, end: COUNT })),
  counts: object(COUNTS),
  looks: listOrEmpty(object({ n: COUNT, ...COUNTS })),
};

const COMMON_OPTIONAL = {
  file: NAME,
  label_name: NAME,
  class_name: NAME,
  simultaneous: object({ alpha: number(0, 1), images: COUNT }),
  detail: text(/^[^]*$/),
};

const CERTIFICATE = object(
  {
    ...COMMON,
    outcome: oneOf('certified', 'approximate', 'abstained', 'failed'),
    radius: RADIUS,
    norm: text(/./),
    delta_upper: orNull(PROBABILITY),
    p_lower: orNull(PROBABILITY),
  },
  {
    ...COMMON_OPTIONAL,
    target: text(/^\d{1,40}(\.\d{1,40})?$/),
    approximate_class: whole(0, UINT32),
    approximate_radius: orNull(RADIUS),
    runner_up: orNull(
      object({
        class_votes: COUNT,
        outcome: orNull((value, field) => (value === 'invalid' ? null : whole(0, UINT32)(value, field))),
        votes: COUNT,
        p_upper: PROBABILITY,
        radius_of_class_alone: RADIUS,
      }),
    ),
  },
);

const PREDICTION = object(
  {
    ...COMMON,
    outcome: oneOf('predicted', 'abstained', 'failed'),
    p_value: orNull(text(/^\d\.\d\de[+-]\d{1,3}$/)),
  },
  COMMON_OPTIONAL,
);

/** Reads a line of results.jsonl; a text that is why it is no row, as the end of a sentence. */
export function readRow(line: string, predicts: boolean): Row | string {
  const read = jsonText(line, 0, '');
  if (read === null) return 'it is no JSON';
  if (!read.isWritten) return 'its JSON is not written as smoothcert writes it';
  return (predicts ? PREDICTION : CERTIFICATE)(read.value, 'row') ?? (read.value as Row);
}
