import { useEffect, useRef, useState } from 'preact/hooks';
import { useClient } from '../client/page-client.js';

/** Pictures are fetched ahead so far below the window. */
const AHEAD = '300px';

/** A picture that is fetched, with the token, once it comes into sight. */
export function Picture({
  job,
  path,
  alt,
}: {
  readonly job: string;
  readonly path: string;
  readonly alt: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const isNear = useNearness(place);
  const address = useAddress(job, isNear ? path : null);
  return (
    <div class="picture" ref={place}>
      {address === 'none' && <span class="none">no picture</span>}
      {address !== null && address !== 'none' && <img src={address} alt={alt} />}
    </div>
  );
}

/** Returns true from the moment at which the element is in sight, or nearly. */
function useNearness(place: { readonly current: HTMLDivElement | null }): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, [place]);
  return isNear;
}

/** Returns the address of a fetched picture; null while it is fetched; `none` if there is none. */
function useAddress(job: string, path: string | null): string | null {
  const { pictures } = useClient();
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (path === null) return;
    const wanted = new AbortController();
    let made: string | null = null;
    pictures.load(job, path, wanted.signal).then(
      (blob) => {
        made = URL.createObjectURL(blob);
        setAddress(made);
      },
      () => {
        if (!wanted.signal.aborted) setAddress('none');
      },
    );
    return () => {
      wanted.abort();
      if (made !== null) URL.revokeObjectURL(made);
      setAddress(null);
    };
  }, [job, path, pictures]);
  return address;
}
