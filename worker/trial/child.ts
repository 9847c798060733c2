import { SmoothcertError } from '../../shared/errors.js';
import { endWithParent, refusalFor } from '../draw/child-life.js';
import { DataSetReader } from '../draw/reader.js';
import type { FromTrial, ToTrial, TrialQuestion, TrialSetup } from './messages.js';
import { TrialModel } from './trial-model.js';
import { Trial } from './trial.js';

/** The process of a trial: it loads a model once, and runs it on images prepared in the ways that it is asked for. */
endWithParent();

let trial: Trial | null = null;

const tell = (message: FromTrial): void => {
  process.send?.(message);
};

process.on('message', (message: ToTrial) => {
  if (message.kind === 'start') start(message.setup).catch((error: unknown) => tell(refusalFor(error)));
  else void answer(message).then(tell);
});

async function start(setup: TrialSetup): Promise<void> {
  const data = await DataSetReader.open(setup.dataFile);
  trial = new Trial(setup, await TrialModel.open(setup), data);
  tell({ kind: 'ready', subject: await trial.subject() });
}

async function answer(question: TrialQuestion): Promise<FromTrial> {
  const { id } = question;
  try {
    return { kind: 'tried', id, outcome: await trial!.outcomeOf(question) };
  } catch (error) {
    const refusal = refusalFor(error);
    return error instanceof SmoothcertError ? { kind: 'unfit', id, refusal } : refusal;
  }
}
