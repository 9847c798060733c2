import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type {
  IConfigMap,
  IContainer,
  IPersistentVolumeClaim,
  IPodSpec,
  ISecret,
  IService,
} from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { project } from '../harness/local-job.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** True if kustomize is installed. Where it is not, tests that render say so and are skipped. */
export const hasKubectl: boolean = spawnSync('kubectl', ['kustomize', '--help']).status === 0;
if (!hasKubectl) console.warn('kubectl is not on the PATH: all tests of rendered manifests are SKIPPED.');

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** The overlays, and combinations of components that docs/deploy.md or a component speaks of. */
export const OVERLAYS = ['cpu', 'gpu', 'keda', 'monitoring', 'single-node'] as const;
export const COMBINATIONS: readonly (readonly string[])[] = [
  ['standby'],
  ['tls'],
  ['gpu', 'keda'],
  ['gpu', 'monitoring'],
  ['standby', 'tls', 'keda', 'monitoring'],
  ['gpu', 'standby', 'tls', 'keda', 'monitoring'],
];

/** All that an overlay gives. */
export const renderOverlay = (name: string): readonly Resource[] =>
  kustomize(project(`deploy/kubernetes/overlays/${name}`));

/** The base with these components, as a user's own overlay lists them. */
export function renderWith(components: readonly string[]): readonly Resource[] {
  using folder = new TemporaryFolder();
  cpSync(project('deploy'), folder.file('deploy'), { recursive: true });
  const own = folder.file('deploy/kubernetes/overlays/own');
  mkdirSync(own);
  const lines = [
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'namespace: smoothcert',
    'resources: [../../base]',
    `components: [${components.map((c) => `../../components/${c}`).join()}]`,
  ];
  writeFileSync(path.join(own, 'kustomization.yaml'), lines.join('\n'));
  return kustomize(own);
}

/** @param folder an absolute path */
export function kustomize(folder: string): readonly Resource[] {
  return parse(execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', maxBuffer: 2 ** 24 }));
}

export function parse(text: string): readonly Resource[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS() as Resource;
  });
}

interface Kinds {
  readonly Deployment: IDeployment;
  readonly StatefulSet: IStatefulSet;
  readonly Service: IService;
  readonly NetworkPolicy: INetworkPolicy;
  readonly ConfigMap: IConfigMap;
  readonly Secret: ISecret;
  readonly PersistentVolumeClaim: IPersistentVolumeClaim;
}

export function ofKind<K extends keyof Kinds>(
  resources: readonly Resource[],
  kind: K,
): readonly (Resource & Kinds[K])[] {
  return resources.filter((one) => one.kind === kind) as (Resource & Kinds[K])[];
}

/** A Deployment or StatefulSet and what its pods are. */
export interface Workload {
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly replicas: number | undefined;
  readonly selector: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: IPodSpec;
  readonly container: IContainer;
  /** Names of the claims that a StatefulSet makes for each pod. */
  readonly claims: readonly string[];
}

/** @throws for a pod of several containers: none of ours is one */
export function workloadsOf(resources: readonly Resource[]): readonly Workload[] {
  const deployments = ofKind(resources, 'Deployment').map((one) => workload(one, 'Deployment', []));
  const sets = ofKind(resources, 'StatefulSet').map((one) => {
    const claims = one.spec?.volumeClaimTemplates?.map(({ metadata }) => metadata?.name ?? '') ?? [];
    return workload(one, 'StatefulSet', claims);
  });
  return [...deployments, ...sets];
}

function workload(
  { metadata: { name }, spec }: Resource & (IDeployment | IStatefulSet),
  kind: Workload['kind'],
  claims: readonly string[],
): Workload {
  const pod = spec!.template.spec!;
  const [container, ...more] = [...(pod.initContainers ?? []), ...pod.containers];
  if (!container || more.length > 0) throw new Error(`${name} has not one container`);
  return {
    name,
    kind,
    replicas: spec!.replicas,
    pod,
    container,
    claims,
    selector: spec!.selector.matchLabels ?? {},
    labels: spec!.template.metadata?.labels ?? {},
  };
}

/** Returns true if all wanted labels are there. */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}
