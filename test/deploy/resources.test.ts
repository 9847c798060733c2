import { describe, expect, it } from 'vitest';
import { OVERLAYS, hasKubectl, renderOverlay, workloadsOf } from './manifests.js';

const MIB: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };

/** Returns an amount of memory or disk in MiB. */
function mibOf(amount: string): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(amount)!;
  return Number(number) * MIB[unit!]!;
}

describe.runIf(hasKubectl)('what pods ask for', () => {
  const ours = hasKubectl
    ? OVERLAYS.flatMap((name) =>
        workloadsOf(renderOverlay(name))
          .filter(({ container }) => ['coordinator', 'worker'].includes(container.name))
          .map((workload) => [name, workload.container.name, workload] as const),
      )
    : [];

  it.each(ours)(
    '%s: the heaps of the %s fit its memory, with room for what lies outside',
    (_, name, workload) => {
      const { container } = workload;
      const valueOf = (variable: string) => container.env!.find((one) => one.name === variable)?.value;
      const heap = Number(/^--max-old-space-size=(\d+)$/.exec(valueOf('NODE_OPTIONS')!)![1]);
      const { cpu, memory } = container.resources!.limits as Record<string, string>;
      // As many inference processes as cores, unless a number is given.
      const processes = name === 'worker' ? 1 + Number(valueOf('SMOOTHCERT_PROCESSES') ?? cpu) : 1;
      expect(heap * processes).toBeLessThanOrEqual(0.75 * mibOf(memory!));
    },
  );

  it.each(ours)(
    '%s: what the %s asks for has room for its volumes, and fits a node of four cores',
    (_, _name, workload) => {
      const { container, pod } = workload;
      const requests = container.resources!.requests as Record<string, string>;
      const volumes = (pod.volumes ?? []).flatMap(({ emptyDir }) =>
        emptyDir ? [mibOf(String(emptyDir.sizeLimit))] : [],
      );
      const needed = volumes.reduce((sum, one) => sum + one, 0);
      expect(mibOf(requests['ephemeral-storage']!)).toBeGreaterThan(needed);
      expect(
        Number(requests['cpu']!.endsWith('m') ? Number.parseInt(requests['cpu']!) / 1000 : requests['cpu']),
      ).toBeLessThan(3.5);
    },
  );
});
