import type { Tone } from '../words/outcomes.js';

/** A word that stands out; its colour says nothing that the word does not. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}
