/** One value, or several. */
export type OneOrMore<T> = T | readonly T[];

/** An AbortSignal. Of its own name here, so that these types need neither those of Node nor those of browsers. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}

/** The laws of the noise. */
export type NoiseKind = 'gaussian' | 'laplace' | 'uniform';
/** Where the model runs. `cpu` and `webgpu` are tested. */
export type Device = 'cpu' | 'webgpu' | 'cuda' | 'tensorrt' | 'dml' | 'coreml';
/** The bound on the probability of the class. */
export type BoundName = 'spending' | 'anytime' | 'clopper-pearson' | 'clt' | 'two-sided';
/** The rule that ends the drawing of an image. */
export type RadiusRule = 'gain' | 'target' | 'two-stage' | 'fixed' | 'budget';

/** The options of every job: the model, its images, the noise. */
export interface InputOptions {
  /** A YAML or JSON file of flags by their names (`max-samples`); options that are given here win. */
  readonly config?: string;
  /** ONNX classifier: a file. */
  readonly model: string;
  /** Images: a file of NumPy, IDX or CIFAR, or a folder of pictures. */
  readonly data: string;
  /** Labels: a file. They win over labels inside `data`. */
  readonly labels?: string;
  /** Images of the data set as start:stop:step in Python, such as '0:300' or '::10'. Default: all. */
  readonly images?: string;
  /** The values of `data` are no pixels but numbers in units of their own; σ and radii are in those units. */
  readonly features?: boolean;
  /** Pixels that resizing moved slightly beyond [0, 1] become 0 or 1. */
  readonly clip?: boolean;
  /** The three channels are reversed as the images are read. */
  readonly bgr?: boolean;
  /** Names of the classes: a file, one a line or a JSON list. */
  readonly classNames?: string;
  /** Standard deviation of the noise, in pixels scaled to [0, 1]. Above 0. */
  readonly sigma: number;
  /** Law of the noise. Default: 'gaussian', with radii in L2; of the others they are in L1. */
  readonly noise?: NoiseKind;
  /** Name of the job, for lists and reports. */
  readonly name?: string;
}

/** The input that the model wants, of pixels p in [0, 1]: (p · inputScale − mean) / std. */
export interface ModelOptions {
  /** Default: 1; for example 255. */
  readonly inputScale?: number;
  /** One value, or one a channel, after the scale. Default: 0. */
  readonly mean?: OneOrMore<number>;
  /** One value, or one a channel. Default: 1. */
  readonly std?: OneOrMore<number>;
  /** Layout of the model's input. Default: 'auto'. */
  readonly layout?: 'nchw' | 'nhwc' | 'flat' | 'auto';
  /** The model's output with one score a class. Default: the one that fits. */
  readonly output?: string;
  /** Rows a run of the model. Default: chosen from its size. */
  readonly batch?: number;
  /** False: it is not tried on some images first whether preprocessing, units and labels are right. */
  readonly check?: boolean;
  /** True: a finding of that check is an error. */
  readonly strict?: boolean;
  /** Default: 'cpu'. It is a part of the job. */
  readonly device?: Device;
}

/** The claim about each image. */
export interface ClaimOptions {
  /** Probability of a wrong certificate, per image: 1e-12 to 0.5. Default: 0.001. */
  readonly alpha?: number;
  /** Default: the one that the rule is usually used with. */
  readonly bound?: BoundName;
  /** Most samples an image; with 'fixed' the samples of the bound. Default: 100000. */
  readonly maxSamples?: number;
  /** α holds for all images of the job together. */
  readonly simultaneous?: boolean;
  /** 0 to 2^64 − 1; larger than 2^53 as a bigint or a text. Default: drawn at random, and kept in job.json. */
  readonly seed?: number | bigint | string;
}

/** The rule that ends the drawing of an image, and what it needs. */
export interface RuleOptions {
  /** Default: 'gain'. */
  readonly stop?: RadiusRule;
  /** With 'target': radii, ascending, in pixels scaled to [0, 1]. */
  readonly radii?: OneOrMore<number>;
  /** With 'gain' and 'two-stage': radius, in noise scales, that 1,000 further samples must be forecast to add. Default: 0.04. */
  readonly minGain?: number | 'quick' | 'default' | 'thorough';
  /** With 'budget', which needs it: samples of all images together. */
  readonly totalSamples?: number;
  /** With 'gain' and 'fixed': bounds the class in second place, too. */
  readonly runnerUp?: boolean;
  /** With 'fixed': samples that choose the class, drawn before those of the bound. Default: 100. */
  readonly n0?: number;
  /** With 'fixed': writes the counts at smaller numbers of samples, too, for a study. */
  readonly keepCounts?: boolean;
}

/** How a run uses this machine; free to change when it is resumed. */
export interface MachineOptions {
  /** Inference processes. Default: one a core on 'cpu', else 1. */
  readonly processes?: number;
  /** Seconds after which a silent inference process is replaced. Default: 60. */
  readonly hangSeconds?: number;
  /** Share of the batches that are run again among other rows, 0 to 1. Default: 1/256. */
  readonly auditShare?: number;
}

/** Options of a run: its files, and how it is followed and stopped. */
export interface RunOptions<News> {
  /** Folder for the results; the same call with the same folder resumes. */
  readonly out: string;
  /** False: no report.html is written. */
  readonly report?: boolean;
  /** True: what only somebody who looks for a fault wants to know is told as notes, too. */
  readonly verbose?: boolean;
  /** Stops the run: what is drawn is kept, and `result` says that it is not done. */
  readonly signal?: StopSignal;
  /** Is told everything that `--json-lines` prints, in its order. An error that it throws stops the run and becomes the run's. */
  readonly onNews?: (news: News) => void;
}
