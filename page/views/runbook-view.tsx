import { useEffect, useState } from 'preact/hooks';
import { Heading, Loading } from '../parts/heading.js';
import { Link } from '../parts/link.js';
import { Notice } from '../parts/notice.js';
import type { RunbookSection } from '../runbook-section.js';

/** The runbook: all its sections as a list, or one of them. */
export function RunbookView({ section }: { readonly section: string }) {
  const sections = useRunbook();
  if (sections === 'none')
    return (
      <>
        <Heading title="Runbook" />
        <Notice tone="bad" title="The runbook cannot be read now." />
      </>
    );
  const found = sections?.find(({ anchor, html }) => anchor === section && html !== '');
  if (sections === null)
    return (
      <>
        <Heading title="Runbook" />
        <Loading />
      </>
    );
  return found === undefined ? (
    <Contents sections={sections} isMissing={section !== ''} />
  ) : (
    <Section key={found.anchor} section={found} />
  );
}

function Contents({
  sections,
  isMissing,
}: {
  readonly sections: readonly RunbookSection[];
  readonly isMissing: boolean;
}) {
  return (
    <>
      <Heading title="Runbook" />
      {isMissing && <p>There is no such section. These there are:</p>}
      {!isMissing && (
        <p>What to do about each alert and each reason to wait, and what may be restarted or deleted.</p>
      )}
      {sections.map(({ anchor, title, level, summary, html }) =>
        html === '' ? (
          <h2 key={anchor}>{title}</h2>
        ) : (
          <p key={anchor} class={`level-${level}`}>
            <Link to={{ view: 'runbook', section: anchor }}>{breakable(title)}</Link>
            {summary !== '' && <small>{summary}</small>}
          </p>
        ),
      )}
    </>
  );
}

function Section({ section: { title, html } }: { readonly section: RunbookSection }) {
  return (
    <>
      <p class="crumbs">
        <Link to={{ view: 'runbook', section: '' }}>Runbook</Link>
      </p>
      <Heading title={title}>{breakable(title)}</Heading>
      <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
    </>
  );
}

/** Returns the name of an alert so that a narrow window may break it between its words. */
const breakable = (title: string) =>
  title.split(/(?<=[a-z])(?=[A-Z])/).flatMap((word, at) => (at === 0 ? [word] : [<wbr key={at} />, word]));

/** Returns the sections; null while they are fetched, `none` if that failed. */
function useRunbook(): readonly RunbookSection[] | null | 'none' {
  const [sections, setSections] = useState<readonly RunbookSection[] | null | 'none'>(null);
  useEffect(() => {
    // It is part of the build, and large enough to be fetched only by those who read it.
    import('virtual:runbook').then(
      ({ sections: all }) => setSections(all),
      () => setSections('none'),
    );
  }, []);
  return sections;
}
