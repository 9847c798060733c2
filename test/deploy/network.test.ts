import { describe, expect, it } from 'vitest';
import { admits, type End } from './flows.js';
import { hasKubectl, renderOverlay, renderWith, workloadsOf, type Resource } from './manifests.js';

/** Everything that might be in such a cluster, friend or stranger. */
function ends(resources: readonly Resource[]): readonly End[] {
  const ours = workloadsOf(resources).map(({ container, labels }) => ({
    name: container.name,
    namespace: 'smoothcert',
    labels,
    ports: Object.fromEntries(container.ports!.map(({ name, containerPort }) => [containerPort, name!])),
  }));
  const chart: End = {
    name: 'nats',
    namespace: 'smoothcert',
    labels: { 'app.kubernetes.io/name': 'nats', 'app.kubernetes.io/component': 'nats' },
    ports: { 4222: 'nats', 6222: 'cluster', 8222: 'monitor', 7777: 'prom-metrics' },
  };
  const stranger = (name: string, namespace: string, labels: Record<string, string> = {}): End => ({
    name,
    namespace,
    labels,
    ports: { 53: 'dns', 443: 'https', 4222: 'nats' },
  });
  return [
    ...ours.filter(({ name }) => name !== 'nats'),
    chart,
    stranger('client', 'research', { 'smoothcert/client': 'true' }),
    stranger('client here', 'smoothcert', { 'smoothcert/client': 'true' }),
    stranger('stranger', 'research', { app: 'any' }),
    stranger('stranger here', 'smoothcert', { app: 'any' }),
    stranger('worker elsewhere', 'research', {
      'app.kubernetes.io/name': 'smoothcert',
      'app.kubernetes.io/component': 'worker',
    }),
    stranger('dns', 'kube-system', { 'k8s-app': 'kube-dns' }),
    stranger('prometheus', 'monitoring', { 'app.kubernetes.io/name': 'prometheus' }),
    stranger('keda', 'keda', { app: 'keda-operator' }),
  ];
}

const PORTS = [53, 443, 4222, 6222, 7777, 8222, 9464, 9465, 50051];

/** All flows that touch our namespace and pass, TCP. */
function flows(resources: readonly Resource[]): readonly string[] {
  const all = ends(resources);
  return all.flatMap((from) =>
    all.flatMap((to) =>
      PORTS.filter(
        (port) =>
          [from.namespace, to.namespace].includes('smoothcert') &&
          to.ports[port] !== undefined &&
          admits(resources, from, to, port),
      ).map((port) => `${from.name} -> ${to.name}:${port}`),
    ),
  );
}

const NEEDED = [
  'coordinator -> nats:4222',
  'worker -> nats:4222',
  'worker -> coordinator:9464',
  'client -> coordinator:50051',
  'nats -> nats:6222',
];
const NAMES = ['coordinator', 'worker', 'nats', 'client here', 'stranger here'].map(
  (one) => `${one} -> dns:53`,
);
const METRICS = ['prometheus -> coordinator:9464', 'prometheus -> worker:9465'];

describe.runIf(hasKubectl)('the network policies admit what is needed, and nothing else', () => {
  it.each([
    ['cpu', () => renderOverlay('cpu'), []],
    ['gpu', () => renderOverlay('gpu'), []],
    ['single-node', () => renderOverlay('single-node'), []],
    ['monitoring', () => renderOverlay('monitoring'), [...METRICS, 'prometheus -> nats:7777']],
    ['keda', () => renderOverlay('keda'), ['keda -> nats:8222']],
    [
      'keda and monitoring',
      () => renderWith(['keda', 'monitoring']),
      [...METRICS, 'prometheus -> nats:7777', 'keda -> nats:8222'],
    ],
  ] as const)('%s', (_, rendered, more) => {
    expect(flows(rendered()).toSorted()).toEqual([...NEEDED, ...NAMES, ...more].toSorted());
  });

  it('a client in the same namespace is kept from calling out by the default, like everybody there', () => {
    expect(flows(renderOverlay('cpu'))).not.toContain('client here -> coordinator:50051');
  });
});
