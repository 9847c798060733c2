// Writes the rules of deploy/monitoring/rules.yaml as a resource of the Prometheus Operator, which kustomize cannot make of them.
// `npm run reference` runs it; a test compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const at = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/** @param rules text of the rules file */
export function ruleOf(rules) {
  const resource = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'smoothcert' },
    spec: parse(rules),
  };
  return `# Written by npm run reference from deploy/monitoring/rules.yaml. Edit that.\n${stringify(resource, { lineWidth: 0 })}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rules = readFileSync(at('deploy/monitoring/rules.yaml'), 'utf8');
  writeFileSync(at('deploy/kubernetes/components/monitoring/prometheus-rule.yaml'), ruleOf(rules));
}
