import { setImmediate } from 'node:timers/promises';
import type { JobView } from '../../../api/job-view.js';
import {
  IMAGE_KINDS,
  IMAGE_ORDERS,
  type FiguresAnswer,
  type ImagesAnswer,
  type JobAnswer,
  type JobsAnswer,
  type ServerAnswer,
  type WorkersAnswer,
} from '../../../api/page-api.js';
import { VERSION } from '../../../shared/version.js';
import { PAGE } from '../../jobs/limits.js';
import { withJob, type ApiCall, type ApiState } from './api-call.js';
import { jobAnswerOf } from './job-answer.js';
import { answerJson } from './json-answers.js';

/** The paths that answer with JSON. */

/** Images of one answer. */
const MOST_IMAGES = 200;
const USUAL_IMAGES = 60;
/** Jobs that are put into words before the event loop gets a turn. */
const TURN = 32;
const LARGEST_INDEX = 0xffff_ffff;

const NO_IMAGES: ImagesAnswer = { total: 0, images: [] };

const answer = ({ request, response }: ApiCall, value: object): void =>
  answerJson(request, response, JSON.stringify(value));

export async function showServer(call: ApiCall): Promise<void> {
  const { name, accept, service } = call.state;
  const { serving } = service;
  const said: ServerAnswer = {
    version: VERSION,
    name,
    needsToken: accept !== null,
    serving,
    waiting: service.waiting,
  };
  answer(call, await Promise.resolve(said));
}

export async function showWorkers(call: ApiCall): Promise<void> {
  const page: WorkersAnswer = await call.state.service.listWorkers(...pageOf(call));
  answer(call, page);
}

export async function showJobs(call: ApiCall): Promise<void> {
  const { jobs, nextPageToken } = await call.state.service.listJobs(...pageOf(call));
  // Names of classes are many, and a list shows none.
  const answers: JobAnswer[] = [];
  for (const [at, view] of jobs.entries()) {
    answers.push(jobAnswerOf(view, null));
    if (at % TURN === TURN - 1) await setImmediate();
  }
  const page: JobsAnswer = { jobs: answers, nextPageToken };
  answer(call, page);
}

export async function showJob(call: ApiCall): Promise<void> {
  const view = await call.state.service.getJob(call.id);
  answer(call, await told(call.state, view));
}

export async function cancelJob(call: ApiCall): Promise<void> {
  const view = await call.state.service.cancelJob(call.id);
  answer(call, await told(call.state, view));
}

export async function showFigures(call: ApiCall): Promise<void> {
  const { service, figures } = call.state;
  const view = await service.getJob(call.id);
  const known = withJob(view);
  const none: FiguresAnswer<never> = { sequence: view.progress.sequence, numbers: null, figures: [] };
  const json = known === null ? JSON.stringify(none) : await figures.answer(known);
  answerJson(call.request, call.response, json);
}

export async function showImages(call: ApiCall): Promise<void> {
  const { query, state } = call;
  const asked = {
    sort: query.choice('sort', IMAGE_ORDERS),
    descending: query.flag('descending'),
    outcome: query.choice('outcome', IMAGE_KINDS),
    from: query.whole('from', { preset: 0, least: 0, most: LARGEST_INDEX }),
    count: query.whole('count', { preset: USUAL_IMAGES, least: 1, most: MOST_IMAGES }),
  };
  const known = withJob(await state.service.getJob(call.id));
  if (known === null) {
    answer(call, NO_IMAGES);
    return;
  }
  await state.feed.bring(known);
  answerJson(call.request, call.response, await state.results.images(call.id, asked));
}

const told = async (state: ApiState, view: JobView) => jobAnswerOf(view, await state.classes(view));

/** Returns size and token of the page that a query asks for. */
function pageOf({ query }: ApiCall): [size: number, token: string] {
  return [
    query.whole('page_size', { preset: PAGE.usual, least: 1, most: PAGE.most }),
    query.text('page_token'),
  ];
}
