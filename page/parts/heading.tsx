import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * The heading of a view. It is focused when the view opens, so that keyboards and screen readers begin there.
 * @param children what is shown in place of the title
 */
export function Heading({
  title,
  children = title,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · smoothcert`;
  }, [title]);
  useEffect(() => {
    // Whoever opens the page begins at its top; whoever follows a link, at the heading.
    if (document.activeElement !== document.body || location.hash.length > 2)
      heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      Asking the server …
    </p>
  );
}
