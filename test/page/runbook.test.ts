import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { WAIT_CODES } from '../../shared/waiting.js';
import { ERROR_CATALOGUE, type ErrorCode } from '../../shared/errors.js';
import { ROOT } from '../harness/command.js';
import { runbookSections } from '../../page/runbook-plugin.mjs';
import {
  FAILED_IMAGES_SECTION,
  REFUSALS_SECTION,
  WAIT_SECTIONS,
  errorSection,
} from '../../page/words/wait-sections.js';

const sections = new Map(runbookSections().map((section) => [section.anchor, section]));

describe('the runbook on the page', () => {
  it.each(WAIT_CODES)('has a section for the reason %s to wait', (code) => {
    expect(sections.get(WAIT_SECTIONS[code])?.html).toMatch(/<p>/);
  });

  it('has a section for failed images, refusals, and every error that a job may end with', () => {
    const anchors = [FAILED_IMAGES_SECTION, REFUSALS_SECTION];
    const errors = (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).map(errorSection);
    for (const anchor of [...anchors, ...errors]) expect(sections.get(anchor)?.html).toMatch(/<p>/);
  });

  it('has a section for every alert, summed up in a sentence', () => {
    const rules = readFileSync(path.join(ROOT, 'deploy/monitoring/rules.yaml'), 'utf8');
    const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name!);
    expect(alerts.length).toBeGreaterThan(20);
    for (const alert of alerts) {
      const section = sections.get(alert.toLowerCase());
      expect([section?.title, section?.summary]).toEqual([alert, expect.stringMatching(/^[A-Z].{10,}\.?$/)]);
    }
  });

  it('leads only to its own sections, and has no style and no script', () => {
    for (const { html } of sections.values()) {
      expect(html).not.toMatch(/<script|style=|<img|\son\w+=/);
      for (const [, target] of html.matchAll(/href="([^"]*)"/g)) {
        expect(target).toMatch(/^#\/runbook\//);
        expect(sections.has(target!.slice('#/runbook/'.length))).toBe(true);
      }
    }
  });
});
