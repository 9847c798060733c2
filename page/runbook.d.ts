/** docs/runbook.md as the build makes it (page/runbook-plugin.mjs). */
declare module 'virtual:runbook' {
  import type { RunbookSection } from './runbook-section.js';
  export const sections: readonly RunbookSection[];
}
