import { canonicalBatch } from '../model/batch/canonical-batch.js';
import type { InputPlan } from '../model/layout.js';
import { freeBatch } from '../model/onnx/free-batch.js';
import { readModel } from '../model/onnx/model-file.js';
import { ModelSession } from '../model/session.js';
import type { TrialSetup } from './messages.js';

/**
 * A model that is loaded once and run on images prepared in many ways. Its batch is freed where that is possible, without the checks that
 * a job needs: no certificate comes of a trial.
 */
export class TrialModel {
  private constructor(
    private readonly session: ModelSession,
    /** Rows of every run; null if any number will do. */
    readonly fixedBatch: number | null,
    private readonly device: TrialSetup['device'],
  ) {}

  /** @throws the MODEL_* errors, DEVICE_UNAVAILABLE */
  static async open({ modelFile, output, device }: TrialSetup): Promise<TrialModel> {
    const { model } = await readModel(modelFile);
    const asked = output === null ? {} : { output };
    const given = await ModelSession.open({ model, device, ...asked });
    const [fixed] = given.description.inputShape;
    if (fixed === null || fixed === undefined) return new TrialModel(given, null, device);
    const freed = freeBatch(model);
    const session = freed && (await ModelSession.open({ model: freed, device, ...asked }).catch(() => null));
    if (session === null) return new TrialModel(given, fixed, device);
    await given.release();
    return new TrialModel(session, null, device);
  }

  /** The model's input without its batch axis. */
  get rowShape(): readonly (number | null)[] {
    return this.session.description.inputShape.slice(1);
  }

  /** Returns the number of classes. @throws INFERENCE_FAILED if the model does not take this input */
  learnClasses({ modelShape }: InputPlan): Promise<number> {
    return this.session.learnClasses([this.fixedBatch ?? 1, ...modelShape]);
  }

  /** Returns how many rows a run has at most, where there are so many in all. */
  batchFor({ dimension }: InputPlan, classes: number, rows: number): number {
    return this.fixedBatch ?? Math.min(rows, canonicalBatch({ dimension, classes }, this.device));
  }

  /** Returns scores [rows × classes] of an input [rows × dimension]. @throws INFERENCE_FAILED */
  run(input: Float32Array, rows: number, { modelShape }: InputPlan): Promise<Float32Array> {
    return this.session.run(input, [rows, ...modelShape]);
  }
}
