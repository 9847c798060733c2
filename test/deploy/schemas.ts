import { createRequire } from 'node:module';
import type { Resource } from './manifests.js';

const require = createRequire(import.meta.url);

interface Model {
  readonly prototype: { validate: () => void };
}

/** Package by API group; all others are Kubernetes' own. */
const PACKAGES: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

/**
 * Returns the faults of a resource by the schema of its kind, in sentences; fields that the schema does not have included, which plain
 * validation passes over. It sees them by watching: a field that the validator never looks at is one that it does not know.
 */
export function faultsOf(resource: Resource): readonly string[] {
  const { apiVersion, kind } = resource;
  const model = modelOf(apiVersion, kind);
  if (!model) return [`${apiVersion} has no kind ${kind}`];
  const seen = new Set<string>();
  const faults: string[] = [];
  try {
    model.prototype.validate.call(watched(resource, '', seen));
  } catch (error) {
    faults.push((error as Error).message);
  }
  // What is wrong ends the looking.
  if (faults.length > 0) return faults;
  return [...pathsOf(resource, '')].filter((path) => !seen.has(path)).map((path) => `${path} is no field`);
}

function modelOf(apiVersion: string, kind: string): Model | null {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  try {
    const models = require(`${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}`) as Record<
      string,
      Model
    >;
    return models[kind] ?? null;
  } catch {
    return null;
  }
}

function watched(value: unknown, path: string, seen: Set<string>): unknown {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return found;
      seen.add(`${path}/${key}`);
      return watched(found, `${path}/${key}`, seen);
    },
  });
}

function* pathsOf(value: unknown, path: string): Generator<string> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    yield `${path}/${key}`;
    yield* pathsOf(inner, `${path}/${key}`);
  }
}
