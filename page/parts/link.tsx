import type { ComponentChildren } from 'preact';
import { hashOf, type Route } from '../routes.js';

/** A link to a place of the page. */
export function Link({
  to,
  children,
  current = false,
  className = '',
}: {
  readonly to: Route;
  readonly children: ComponentChildren;
  /** The place is the one that is shown. */
  readonly current?: boolean;
  readonly className?: string;
}) {
  const more = current ? { 'aria-current': 'page' as const } : {};
  return (
    <a href={hashOf(to)} class={className} {...more}>
      {children}
    </a>
  );
}

/** A link to a section of the runbook. */
export function RunbookLink({ section, children }: { readonly section: string; readonly children?: string }) {
  return <Link to={{ view: 'runbook', section }}>{children ?? 'What to do'}</Link>;
}
