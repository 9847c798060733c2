import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { systemClock } from '../../adapters/local/system-clock.js';
import { GrpcServer, type GrpcServerOptions } from '../../coordinator/grpc/server.js';
import type { CertificationService } from '../../coordinator/jobs/certification-service.js';
import { readModel } from '../../worker/model/onnx/model-file.js';
import { PythonProgram, installedPython, type Told } from '../harness/python.js';
import { PICTURES } from '../harness/results.js';
import { ServiceBed, prepared } from '../support/service-bed.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

/** The call that Python makes on the server. */
export interface Asked {
  readonly model?: string;
  readonly data?: string;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly server?: Readonly<Record<string, unknown>>;
  readonly cancel?: true;
  readonly out?: string;
}

/**
 * Gives each test of a file Python and the real service over TCP; votes are a voter's, where a model would be run. To be called where tests are
 * described.
 */
export function pythonAndService() {
  const folder = folderOfEachTest();
  let python: string;
  let bed: ServiceBed;
  let service: CertificationService;
  let server: GrpcServer;
  beforeAll(async () => {
    python = await installedPython();
  });
  beforeEach(async () => {
    bed = await ServiceBed.open();
    service = await bed.serving({ clock: systemClock });
    server = await listen();
  });
  afterEach(async () => {
    await server.close(0);
    await bed.close();
  });

  const listen = (more: Partial<GrpcServerOptions> = {}) =>
    GrpcServer.start({
      service,
      address: { host: '127.0.0.1', port: 0 },
      tls: null,
      tokens: null,
      report: (error) => {
        throw error;
      },
      ...more,
    });
  const again = async (more: Partial<GrpcServerOptions>) => {
    await server.close(0);
    server = await listen(more);
  };
  const address = () => `127.0.0.1:${server.address.port}`;

  const start = ({ flags = {}, server: way = {}, ...more }: Asked = {}) => {
    const whole = {
      ...PICTURES,
      sigma: 0.5,
      out: folder.file('out'),
      ...more,
      flags: { seed: 7, max_samples: 1024, bound: 'anytime', ...flags },
      server: { address: address(), ...way },
    };
    return new PythonProgram(python, ['test/python/on_server.py', JSON.stringify(whole)]);
  };

  /** Asks for a job; the last that Python told of it. */
  async function ask(asked: Asked = {}): Promise<Told & { readonly code?: string }> {
    await using program = start(asked);
    const { stderr } = await program.exited;
    expect(stderr).toBe('');
    return program.told.at(-1)!;
  }

  const worker = async (model = PICTURES.model, more: Parameters<typeof prepared>[0] = {}) => {
    const { digest } = await readModel(model);
    return bed.worker({ prepare: () => prepared({ modelDigest: digest, ...more }) });
  };
  const jobs = async () => (await service.listJobs(10, '')).jobs;
  return {
    folder,
    listen,
    again,
    address,
    start,
    ask,
    worker,
    jobs,
    get python() {
      return python;
    },
    get bed() {
      return bed;
    },
    get service() {
      return service;
    },
    get server() {
      return server;
    },
  };
}
