import type { INetworkPolicyPeer, INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1';
import { ofKind, selects, type Resource } from './manifests.js';

type Labels = Readonly<Record<string, string>>;

/** Something that sends or is sent to: pods of one kind, ours or others'. */
export interface End {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Ports by number, with their names. */
  readonly ports: Readonly<Record<number, string>>;
}

/** Returns true if the policies let `from` reach a port of `to`: both the egress of the one and the ingress of the other. */
export function admits(
  resources: readonly Resource[],
  from: End,
  to: End,
  port: number,
  udp = false,
): boolean {
  return (
    passes(resources, 'Egress', from, (peers, ports) => admitsTo(peers, ports, from, to, port, udp)) &&
    passes(resources, 'Ingress', to, (peers, ports) => admitsTo(peers, ports, to, from, port, udp, to))
  );
}

/** Policies add up; where none selects a pod for this direction, all passes. */
function passes(
  resources: readonly Resource[],
  direction: 'Ingress' | 'Egress',
  end: End,
  rule: (
    peers: readonly INetworkPolicyPeer[] | undefined,
    ports: readonly INetworkPolicyPort[] | undefined,
  ) => boolean,
): boolean {
  const mine = ofKind(resources, 'NetworkPolicy').filter(
    ({ metadata, spec }) =>
      metadata.namespace === end.namespace &&
      spec!.policyTypes!.includes(direction) &&
      selects(spec!.podSelector.matchLabels, end.labels),
  );
  if (mine.length === 0) return true;
  return mine.some(({ spec }) =>
    direction === 'Ingress'
      ? (spec!.ingress ?? []).some(({ from, ports }) => rule(from, ports))
      : (spec!.egress ?? []).some(({ to, ports }) => rule(to, ports)),
  );
}

/** @param owner of the ports; the other one, if it is not given */
function admitsTo(
  peers: readonly INetworkPolicyPeer[] | undefined,
  ports: readonly INetworkPolicyPort[] | undefined,
  subject: End,
  other: End,
  port: number,
  udp: boolean,
  owner: End = other,
): boolean {
  const peered = peers === undefined || peers.some((peer) => isPeer(peer, subject.namespace, other));
  const ported =
    ports === undefined ||
    ports.some(
      (one) =>
        (one.protocol ?? 'TCP') === (udp ? 'UDP' : 'TCP') &&
        (one.port === port || one.port === owner.ports[port]),
    );
  return peered && ported;
}

function isPeer(
  { namespaceSelector, podSelector, ipBlock }: INetworkPolicyPeer,
  home: string,
  end: End,
): boolean {
  if (ipBlock) throw new Error('no policy of ours speaks of addresses');
  const inside = namespaceSelector
    ? selects(namespaceSelector.matchLabels, { 'kubernetes.io/metadata.name': end.namespace })
    : end.namespace === home;
  return inside && selects(podSelector?.matchLabels, end.labels);
}
