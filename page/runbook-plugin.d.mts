import type { Plugin } from 'vite';
import type { RunbookSection } from './runbook-section.js';

export function runbookSections(markdown?: string): RunbookSection[];
export function runbook(): Plugin;
