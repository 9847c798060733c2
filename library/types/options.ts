import type {
  ClaimOptions,
  Device,
  InputOptions,
  MachineOptions,
  ModelOptions,
  NoiseKind,
  OneOrMore,
  RadiusRule,
  RuleOptions,
  RunOptions,
  StopSignal,
} from './job-options.js';
import type { CertifyNews, PredictNews } from './run.js';

/** The options of `certify`: the flags of `smoothcert certify` by their names, and how the run is followed. */
export interface CertifyOptions
  extends InputOptions, ClaimOptions, RuleOptions, ModelOptions, MachineOptions, RunOptions<CertifyNews> {
  /** With 'fixed', and with labels: the rows of top-k certificates, in topk.txt. */
  readonly topkRows?: boolean;
}

/** The options of `predict`: those of `certify` but for what says something of radii. */
export interface PredictOptions
  extends InputOptions, ClaimOptions, ModelOptions, MachineOptions, RunOptions<PredictNews> {
  /** 'anytime' (the default) stops an image as soon as its class is decided; 'two-sided' draws `maxSamples` of every image. */
  readonly bound?: 'anytime' | 'two-sided';
}

/** The options of `submit`: those of a job; server, folder and machine are not its business. */
export interface SubmitOptions extends InputOptions, ClaimOptions, Omit<RuleOptions, 'stop'>, ModelOptions {
  /** Default: 'gain'. 'predict' gives classes without radii. */
  readonly stop?: RadiusRule | 'predict';
  /** Names this request: the same one again is the same job, never a second one. Default: a new one. */
  readonly requestId?: string;
}

/** The options of `plan`: the flags of `smoothcert plan`. One of `from`, `prior` and `pilot` says where the images come from. */
export interface PlanOptions extends ModelOptions {
  /** A folder of certificates, its results.jsonl, or a TSV in the form of Cohen et al.; several: a plan of each. */
  readonly from?: OneOrMore<string>;
  /** Assumed images, such as 'uniform:beta=0.8'. */
  readonly prior?: string;
  /** A small pilot is drawn on `model` and `data` first, into the folder pilot of `out`. */
  readonly pilot?: boolean;
  /** Standard deviation of the noise. Needed with `pilot`. */
  readonly sigma?: number;
  /** Where no folder says it. Default: 'gaussian'. */
  readonly noise?: NoiseKind;
  /** Of a TSV: samples that bound each of its radii. Default: 100000. */
  readonly tableSamples?: number;
  /** Least samples that lose at most so many percent of the average certified radius of n = 100,000. Default: 5, if nothing else is asked. */
  readonly loss?: number;
  /** Least samples for a certified accuracy at a radius: '0.5:0.6' for 60 % at 0.5. */
  readonly reach?: OneOrMore<string>;
  /** The most that can be had in so many hours, at `rate`. */
  readonly hours?: number;
  /** Samples a second. */
  readonly rate?: number;
  /** Cost of an hour. */
  readonly price?: number;
  /** Images that you will certify. Default: those of the source. */
  readonly count?: number;
  /** Samples of 'fixed', and most samples of the other rules. */
  readonly samples?: OneOrMore<number>;
  /** Ascending. Default: round ones. */
  readonly radii?: OneOrMore<number>;
  /** Default: that of the source, or 0.001. */
  readonly alpha?: OneOrMore<number>;
  /** Of 'fixed': samples that choose the class. */
  readonly n0?: OneOrMore<number>;
  /** Of 'gain' and 'two-stage'. */
  readonly minGain?: OneOrMore<number | 'quick' | 'default' | 'thorough'>;
  /** Of the pilot, as are the next ones: ONNX classifier. */
  readonly model?: string;
  readonly data?: string;
  readonly labels?: string;
  readonly features?: boolean;
  readonly clip?: boolean;
  readonly bgr?: boolean;
  /** Default: '0:100'. */
  readonly images?: string;
  /** Samples of the pilot an image. Default: 1000. */
  readonly pilotSamples?: number;
  /** Folder for plan.csv, plan.json and figures. Default: none are written; plan with `pilot`. */
  readonly out?: string;
  /** Ends the call, which rejects with its reason; votes of a pilot are kept. */
  readonly signal?: StopSignal;
}

/** The options of `verify`: the flags of `smoothcert verify`. */
export interface VerifyOptions {
  /** With `data`, of a folder: a part of the votes is drawn again. The ONNX classifier of the job. */
  readonly model?: string;
  readonly data?: string;
  readonly labels?: string;
  readonly features?: boolean;
  readonly bgr?: boolean;
  readonly clip?: boolean;
  /** So large a part of the shards, chosen at random, above 0 to 1. Default: 0.01. */
  readonly share?: number;
  /** So many shards instead. */
  readonly shards?: number;
  readonly device?: Device;
  readonly processes?: number;
  readonly hangSeconds?: number;
  /** Of a TSV in the form of Cohen et al.: standard deviation of its noise. */
  readonly sigma?: number;
  /** Of a TSV: samples that bounded each image. */
  readonly samples?: number;
  /** Of a TSV: the α that it claims. */
  readonly alpha?: number;
  /** Ends the call, which rejects with its reason. */
  readonly signal?: StopSignal;
}

/** The options of `connect`: the flags of the commands that talk to a server. */
export interface ConnectOptions {
  /** host:port. Default: '127.0.0.1:50051'. */
  readonly server?: string;
  /** File with the token that the server asks for; it is read before each call. */
  readonly tokenFile?: string;
  /** Connects with TLS. */
  readonly tls?: boolean;
  /** With `tls`: PEM file of the authority that signed for the server. */
  readonly tlsCa?: string;
  /** With `tls`: PEM files of the client's certificate and its key. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** Seconds for which a server that went away is waited for. Default: 300. */
  readonly waitSeconds?: number;
  /** Ends every call of the connection, which reject with its reason. Jobs go on. */
  readonly signal?: StopSignal;
}
