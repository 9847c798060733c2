import { parentPort } from 'node:worker_threads';
import { JobResults } from './job-results.js';
import type { Question } from './threaded-results.js';

/** A thread that keeps the results of jobs and answers questions about them, one after the other. */
const results = new JobResults();

parentPort!.on('message', (question: Question) => {
  const { id } = question;
  switch (question.kind) {
    case 'begin':
      results.begin(id, question.job, question.images);
      return;
    case 'add':
      results.add(id, question.lines);
      return;
    case 'forget':
      results.forget(id);
      return;
    case 'figures':
      parentPort!.postMessage({ number: question.number, json: results.figures(id, question.drawn) });
      return;
    case 'images':
      parentPort!.postMessage({ number: question.number, json: results.images(id, question.query) });
  }
});
