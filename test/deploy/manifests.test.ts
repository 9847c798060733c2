import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IVolume } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { program } from '../../cli/program.js';
import { WORK_STREAM, consumerOf } from '../../adapters/nats/tasks/work-stream.js';
import { classToken } from '../../adapters/nats/tasks/class-token.js';
import { project } from '../harness/local-job.js';
import {
  COMBINATIONS,
  OVERLAYS,
  hasKubectl,
  ofKind,
  renderOverlay,
  renderWith,
  selects,
  workloadsOf,
  type Resource,
  type Workload,
} from './manifests.js';
import { faultsOf } from './schemas.js';

/** By their names, each rendered once. */
const RENDERED: readonly (readonly [string, readonly Resource[]])[] = hasKubectl
  ? [
      ...OVERLAYS.map((name) => [name, renderOverlay(name)] as const),
      ...COMBINATIONS.map((components) => [components.join(' + '), renderWith(components)] as const),
    ]
  : [];
const rendered = (name: string) => RENDERED.find(([one]) => one === name)![1];
const docs = readFileSync(project('docs/deploy.md'), 'utf8');

const OURS = new Set(['coordinator', 'worker']);
const COMMANDS = program(() => undefined).commands;
const optionsOf = (command: string) => COMMANDS.find((one) => one.name() === command)!.options;

const quantity = (value: unknown): number => {
  const [, number, unit] = /^([\d.]+)(m|Mi|Gi)?$/.exec(String(value))!;
  return Number(number) * { '': 1, m: 1e-3, Mi: 2 ** 20, Gi: 2 ** 30 }[unit ?? '']!;
};

describe.runIf(hasKubectl)('every manifest', () => {
  it.each(RENDERED)('%s: is what the schema of its kind says, and has no field beyond it', (_, resources) => {
    expect(resources.length).toBeGreaterThan(5);
    expect(
      resources.flatMap((one) => faultsOf(one).map((fault) => `${one.metadata.name}: ${fault}`)),
    ).toEqual([]);
  });

  it.each(RENDERED)('%s: names are unique, and all is in one namespace', (_, resources) => {
    const names = resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    // It stays when the rest is deleted, with the Secrets and volumes in it.
    expect(resources.map(({ kind }) => kind)).not.toContain('Namespace');
    expect(new Set(resources.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['smoothcert']));
  });

  it.each(RENDERED)(
    '%s: pods run as nobody in particular, and write nowhere but in their volumes',
    (_, all) => {
      for (const { pod, container } of workloadsOf(all)) {
        expect(pod).toMatchObject({
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        });
        expect(pod.securityContext!.runAsUser).toBeGreaterThan(0);
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect([pod.hostNetwork, pod.hostPID, pod.hostIPC]).toEqual([undefined, undefined, undefined]);
        expect(pod.volumes?.filter(({ hostPath }) => hostPath !== undefined)).toEqual([]);
        for (const volume of pod.volumes ?? []) {
          if (volume.emptyDir) expect(volume.emptyDir.sizeLimit, volume.name).toBeDefined();
        }
      }
    },
  );

  it.each(RENDERED)(
    '%s: every container asks for what it needs and may have no more than a limit',
    (_, all) => {
      for (const { container, name } of workloadsOf(all)) {
        const { requests, limits } = container.resources!;
        for (const resource of ['cpu', 'memory']) {
          expect(quantity(requests![resource]), name).toBeLessThanOrEqual(quantity(limits![resource]));
        }
        expect(container.image).toMatch(/:\d+\.\d+\.\d+$/);
      }
    },
  );

  it.each(RENDERED)('%s: selectors find the pods that they are for', (_, resources) => {
    const workloads = workloadsOf(resources);
    for (const { selector, labels } of workloads) expect(selects(selector, labels)).toBe(true);
    for (const { metadata, spec } of ofKind(resources, 'Service')) {
      const behind = workloads.filter(({ labels }) => selects(spec!.selector, labels));
      expect(behind, metadata.name).toHaveLength(1);
      for (const { targetPort } of spec!.ports!) expect(portsOf(behind[0]!)).toContain(targetPort);
    }
    const budgets = resources.filter(({ kind }) => kind === 'PodDisruptionBudget');
    for (const budget of budgets as (Resource & {
      spec: { maxUnavailable: number; selector: { matchLabels: Record<string, string> } };
    })[]) {
      const [behind, ...more] = workloads.filter(({ labels }) =>
        selects(budget.spec.selector.matchLabels, labels),
      );
      expect(more).toEqual([]);
      // Of the pods that are ready when all is well, one may always go: a node can be drained.
      const ready = readyOf(behind!);
      expect(ready - ((behind!.replicas ?? 1) - budget.spec.maxUnavailable)).toBeGreaterThan(0);
    }
  });

  it.each(RENDERED)('%s: probes and monitors name ports that are there', (_, resources) => {
    for (const workload of workloadsOf(resources)) {
      const { container } = workload;
      for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
        expect(portsOf(workload)).toContain(probe?.httpGet?.port);
      }
      if (!OURS.has(container.name)) continue;
      const paths = [container.startupProbe, container.livenessProbe, container.readinessProbe].map(
        (probe) => probe!.httpGet!.path,
      );
      expect(paths).toEqual(['/livez', '/livez', '/readyz']);
      const { periodSeconds, failureThreshold } = container.startupProbe!;
      expect(periodSeconds! * failureThreshold!).toBeGreaterThanOrEqual(
        container.name === 'worker' ? 300 : 60,
      );
    }
  });
});

/** Of a coordinator one is ready, whoever else waits. */
const readyOf = ({ container, replicas }: Workload) =>
  container.name === 'coordinator' ? 1 : (replicas ?? 1);
const portsOf = ({ container }: Workload) => container.ports?.map(({ name }) => name) ?? [];

/** Variables that others read than the command. */
const OTHERS = new Set(['NVIDIA_TF32_OVERRIDE', 'NODE_OPTIONS']);
describe.runIf(hasKubectl)('the processes', () => {
  const ours = RENDERED.flatMap(([name, resources]) =>
    workloadsOf(resources)
      .filter(({ container }) => OURS.has(container.name))
      .map((workload) => [name, workload.container.name, workload] as const),
  );

  it.each(ours)(
    '%s: every variable and flag of the %s is one that the command knows',
    (_, name, workload) => {
      const { container } = workload;
      const [command, ...flags] = container.args!;
      expect(command).toBe(name);
      const options = optionsOf(name);
      const variables = new Set(options.map(({ envVar }) => envVar));
      for (const { name: variable } of container.env!) {
        if (!OTHERS.has(variable)) expect(variables).toContain(variable);
      }
      for (const flag of flags) expect(options.map(({ long }) => long)).toContain(flag.split('=')[0]);
    },
  );

  it.each(ours)('%s: the %s has as long to end as it may take', (_, name, { pod, container }) => {
    const grace = Number(container.env!.find((one) => one.name === 'SMOOTHCERT_GRACE_SECONDS')?.value ?? 0);
    const before = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
    // What it records, or lets go of, after that; and some to spare.
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(before + grace + 5 + 10);
    expect(before > 0).toBe(name === 'coordinator');
  });

  it.each(ours)(
    '%s: files of the %s are in volumes, each of which it has',
    (_, _name, { pod, container }) => {
      const mounts = container.volumeMounts!.map(({ mountPath }) => mountPath);
      expect(container.volumeMounts!.map(({ name }) => name).toSorted()).toEqual(
        pod.volumes!.map(({ name }) => name).toSorted(),
      );
      for (const { name, value } of container.env!) {
        if (value?.startsWith('/') !== true) continue;
        const mount = mounts.find((one) => value === one || value.startsWith(`${one}/`));
        expect(mount, name).toBeDefined();
        const volume = pod.volumes!.find(
          (one) => one.name === container.volumeMounts!.find(({ mountPath }) => mountPath === mount)!.name,
        )!;
        if (!volume.secret) continue;
        expect(volume.secret.items!.map((item) => `${mount}/${item.path}`)).toContain(value);
        expect(volume.secret.defaultMode).toBe(0o440);
      }
    },
  );

  it.each(ours)('%s: the cache of the %s leaves room for what jobs need', (_, name, { pod, container }) => {
    if (name !== 'worker') return;
    const gib = Number(container.env!.find((one) => one.name === 'SMOOTHCERT_CACHE_GIB')!.value);
    const { sizeLimit } = pod.volumes!.find((one) => one.name === 'cache')!.emptyDir!;
    expect(quantity(sizeLimit)).toBeGreaterThanOrEqual(2 * gib * 2 ** 30);
  });

  it.each(RENDERED)(
    '%s: Secrets, ConfigMaps and claims are there, or the user is told to make them',
    (_, all) => {
      const there = new Set(all.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
      for (const { pod, claims } of workloadsOf(all)) {
        for (const { secret, configMap, persistentVolumeClaim, projected, name } of pod.volumes ?? []) {
          const wanted = [
            ...(secret ? [['Secret', secret.secretName]] : []),
            ...(configMap ? [['ConfigMap', configMap.name]] : []),
            ...(projected?.sources ?? []).map((one) => ['ConfigMap', one.configMap?.name]),
            ...(persistentVolumeClaim ? [['PersistentVolumeClaim', persistentVolumeClaim.claimName]] : []),
          ];
          for (const [kind, what] of wanted) {
            if (!there.has(`${kind}/${what}`)) expect(docs, `${kind} ${what}`).toContain(what);
          }
          expect(claims).not.toContain(name);
        }
      }
    },
  );
});

describe.runIf(hasKubectl)('overlays', () => {
  const worker = (name: string) =>
    workloadsOf(rendered(name)).find((one) => one.container.name === 'worker')!;
  const strategyOf = (name: string, deployment: string) =>
    ofKind(rendered(name), 'Deployment').find(({ metadata }) => metadata.name === deployment)!.spec!.strategy;

  it('cpu: as many processes as the container may use cores', () => {
    const variable = worker('cpu').container.env!.find(({ name }) => name === 'SMOOTHCERT_PROCESSES');
    expect(variable?.valueFrom?.resourceFieldRef).toEqual({
      containerName: 'worker',
      resource: 'limits.cpu',
    });
  });

  it('gpu: a GPU in the limits alone, no spare one for an update, TF32 off', () => {
    const { container, pod } = worker('gpu');
    expect(container.image).toBe('smoothcert-cuda:0.1.0');
    expect(container.resources!.limits!['nvidia.com/gpu']).toBe(1);
    expect(Object.keys(container.resources!.requests!)).not.toContain('nvidia.com/gpu');
    expect(container.env).toContainEqual({ name: 'NVIDIA_TF32_OVERRIDE', value: '0' });
    expect(container.env).toContainEqual({ name: 'SMOOTHCERT_PROCESSES', value: '1' });
    expect(pod.tolerations).toContainEqual({
      key: 'nvidia.com/gpu',
      operator: 'Exists',
      effect: 'NoSchedule',
    });
    const { rollingUpdate } = strategyOf('gpu', 'smoothcert-worker')!;
    expect(rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  });

  it('keda: scales by the stream and a consumer of the names that are used, never to 0, and the count is its own', () => {
    const scaled = rendered('keda').find(({ kind }) => kind === 'ScaledObject') as unknown as {
      spec: {
        minReplicaCount: number;
        maxReplicaCount: number;
        cooldownPeriod: number;
        fallback: { replicas: number };
        scaleTargetRef: { name: string };
        triggers: { metadata: Record<string, string> }[];
      };
    };
    const [{ metadata }] = scaled.spec.triggers as [{ metadata: Record<string, string> }];
    expect(metadata['stream']).toBe(WORK_STREAM);
    expect(metadata['consumer']).toBe(consumerOf('0'.repeat(classToken('any').length)));
    const accounts = readFileSync(project('deploy/nats/accounts.conf'), 'utf8');
    expect(accounts).toMatch(new RegExp(`^  ${metadata['account']} \\{\n    jetstream: enabled`, 'm'));
    expect(scaled.spec.minReplicaCount).toBeGreaterThan(0);
    expect(scaled.spec.fallback.replicas).toBeLessThanOrEqual(scaled.spec.maxReplicaCount);
    expect(scaled.spec.scaleTargetRef.name).toBe('smoothcert-worker');
    expect(worker('keda').replicas).toBeUndefined();
  });

  it('standby: two coordinators, a store for both, and an update that does not wait for the one that waits', () => {
    const [coordinator] = workloadsOf(rendered('standby')).filter(
      (one) => one.container.name === 'coordinator',
    );
    expect(coordinator!.replicas).toBe(2);
    expect(ofKind(rendered('standby'), 'PersistentVolumeClaim')[0]!.spec!.accessModes).toEqual([
      'ReadWriteMany',
    ]);
    const strategy = strategyOf('standby', 'smoothcert-coordinator');
    expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 2 } });
    expect(strategyOf('cpu', 'smoothcert-coordinator')).toEqual({ type: 'Recreate' });
  });

  it('tls: probes, workers and the advertised address speak it', () => {
    const [coordinator] = workloadsOf(rendered('tls')).filter((one) => one.container.name === 'coordinator');
    const { startupProbe, livenessProbe, readinessProbe, args } = coordinator!.container;
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      expect(probe!.httpGet!.scheme).toBe('HTTPS');
    }
    expect(args).toContain('--advertise=https://smoothcert-coordinator:9464');
    const artifacts = worker('tls').container.env!.find(({ name }) => name === 'SMOOTHCERT_ARTIFACTS');
    expect(artifacts?.value).toBe('https://smoothcert-coordinator:9464');
  });

  it("NATS' chart is given what the others need of it: accounts, keys, the port of its monitor, the limits of nats.conf", () => {
    const values = parse(readFileSync(project('deploy/kubernetes/nats/values.yaml'), 'utf8'), {
      merge: true,
    }) as {
      config: { monitor: { port: number }; merge: Record<string, string | number> };
      container: { patch: [{ value: { name: string; mountPath: string } }] };
      podTemplate: { patch: [{ value: IVolume }] };
    };
    const { config, container, podTemplate } = values;
    const [{ value: mount }] = container.patch;
    const [{ value: volume }] = podTemplate.patch;
    expect(volume.name).toBe(mount.name);
    // The chart's own file is in /etc/nats-config.
    const included = path.posix.join('/etc/nats-config', String(config.merge['$include']));
    expect(included).toBe(`${mount.mountPath}/accounts.conf`);
    const maps = volume.projected!.sources!.map((source) => source.configMap!.name!);
    const made = ['deploy/nats', 'deploy/kubernetes/secrets'].flatMap((folder) => {
      const { configMapGenerator } = parse(readFileSync(project(`${folder}/kustomization.yaml`), 'utf8')) as {
        configMapGenerator: { name: string }[];
      };
      return configMapGenerator.map(({ name }) => name);
    });
    expect(maps).toEqual(made);
    const plain = readFileSync(project('deploy/nats/nats.conf'), 'utf8');
    for (const limit of ['max_payload', 'max_connections']) {
      expect(plain).toMatch(new RegExp(`^${limit}: ${config.merge[limit]}$`, 'm'));
    }
    expect(plain).toMatch(new RegExp(`^http: "0.0.0.0:${config.monitor.port}"$`, 'm'));
  });

  it('monitoring: the rules are those of deploy/monitoring', async () => {
    const { ruleOf } = (await import(project('scripts/prometheus-rule.mjs'))) as {
      ruleOf: (rules: string) => string;
    };
    const committed = 'deploy/kubernetes/components/monitoring/prometheus-rule.yaml';
    const rules = readFileSync(project('deploy/monitoring/rules.yaml'), 'utf8');
    // Where this fails: npm run reference.
    expect(readFileSync(project(committed), 'utf8')).toBe(ruleOf(rules));
  });
});

describe.runIf(hasKubectl)('what is wrong is seen', () => {
  const [deployment] = hasKubectl ? ofKind(rendered('cpu'), 'Deployment') : [];

  it.each([
    ['a misspelt field of a container', '/spec/template/spec/containers/0/readynessProbe', {}],
    ['a misspelt field of the strategy', '/spec/strategy/maxsurge', 1],
    ['a field at the top', '/spek', {}],
    ['a misspelt part of a port', '/spec/template/spec/containers/0/ports/0/containerport', 3],
  ])('%s', (_, place, value) => {
    const changed = structuredClone(deployment!);
    const keys = place.split('/').slice(1);
    const last = keys.pop()!;
    let inner = changed as unknown as Record<string, unknown>;
    for (const key of keys) inner = inner[key] as Record<string, unknown>;
    inner[last] = value;
    expect(faultsOf(changed)).toEqual([`${place} is no field`]);
  });

  it('a value of the wrong type, and a kind that does not exist', () => {
    const changed = structuredClone(deployment!) as unknown as Resource & { spec: { replicas: unknown } };
    changed.spec.replicas = 'two';
    expect(faultsOf(changed)).toEqual(['data/spec/replicas must be integer']);
    expect(faultsOf({ ...deployment!, kind: 'Deploiment' })).toEqual(['apps/v1 has no kind Deploiment']);
  });
});
