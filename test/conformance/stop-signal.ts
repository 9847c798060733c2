import { describe, expect, it } from 'vitest';

import type { StopSignal } from '../../shared/ports/stop-signal.js';

/** Where announcements go between coordinators and workers. */
export interface StopPlace extends AsyncDisposable {
  /** A connection of its own, as another process would have. */
  connect(): StopSignal;
}

export interface StopAdapter {
  /** Nothing is decided yet. */
  readonly create: () => Promise<StopPlace>;
}

/** Resolves when this view knows all these images as decided. */
function knows(view: StopSignal, images: readonly number[]): Promise<void> {
  const all = () => images.every((image) => view.isDecided(image));
  return new Promise((resolve) => {
    if (all()) {
      resolve();
      return;
    }
    const unlisten = view.onAnnounce(() => {
      if (!all()) return;
      unlisten();
      resolve();
    });
  });
}

/** Tests the promises of every stop signal; announcements may arrive late. */
export function describeStopSignal(name: string, { create }: StopAdapter): void {
  describe(`the stop signal: ${name}`, () => {
    it('knows nothing as decided at first', async () => {
      await using place = await create();
      const view = place.connect();
      expect([0, 1, 2].some((image) => view.isDecided(image))).toBe(false);
    });

    it('tells all who listen, and takes nothing back', async () => {
      await using place = await create();
      const [teller, one, two] = [place.connect(), place.connect(), place.connect()];
      teller.announce([3, 5]);
      await Promise.all([teller, one, two].map((view) => knows(view, [3, 5])));
      teller.announce([]);
      teller.announce([8]);
      await Promise.all([one, two].map((view) => knows(view, [3, 5, 8])));
      for (const view of [one, two]) {
        expect([2, 3, 4, 5, 8, 9].filter((image) => view.isDecided(image))).toEqual([3, 5, 8]);
      }
    });

    it('tells each listener of an image once, whoever announces it, however often', async () => {
      await using place = await create();
      const [one, two, view] = [place.connect(), place.connect(), place.connect()];
      const told: number[] = [];
      view.onAnnounce((images) => told.push(...images));
      one.announce([1, 2]);
      await knows(view, [1, 2]);
      two.announce([2, 1]);
      one.announce([2, 3]);
      await knows(view, [3]);
      two.announce([4]);
      await knows(view, [4]);
      expect(told.sort()).toEqual([1, 2, 3, 4]);
    });

    it('knows an image as decided before it tells of it', async () => {
      await using place = await create();
      const [teller, view] = [place.connect(), place.connect()];
      const known: boolean[] = [];
      view.onAnnounce((images) => known.push(...images.map((image) => view.isDecided(image))));
      teller.announce([1, 2]);
      await knows(view, [1, 2]);
      expect(known).toEqual([true, true]);
    });

    it('tells one who has stopped listening no more, and others still', async () => {
      await using place = await create();
      const [teller, view] = [place.connect(), place.connect()];
      const told: (readonly number[])[] = [];
      const unlisten = view.onAnnounce((images) => told.push(images));
      unlisten();
      unlisten();
      teller.announce([1]);
      await knows(view, [1]);
      expect(told).toEqual([]);
    });

    it('lets those who come late know what was decided before', async () => {
      await using place = await create();
      const teller = place.connect();
      teller.announce([1, 2]);
      await knows(teller, [1, 2]);
      const late = place.connect();
      await knows(late, [1, 2]);
      teller.announce([3]);
      await knows(late, [1, 2, 3]);
      expect([0, 1, 2, 3, 4].filter((image) => late.isDecided(image))).toEqual([1, 2, 3]);
    });

    it('goes on for the others when one of them is closed', async () => {
      await using place = await create();
      const [teller, gone, view] = [place.connect(), place.connect(), place.connect()];
      await gone.close();
      teller.announce([1, 2]);
      await knows(view, [1, 2]);
      expect([0, 1, 2, 3].filter((image) => view.isDecided(image))).toEqual([1, 2]);
      await teller.close();
      await view.close();
    });

    it('carries a whole data set', async () => {
      await using place = await create();
      const [teller, view] = [place.connect(), place.connect()];
      const all = Array.from({ length: 50_000 }, (_, image) => image);
      teller.announce(all);
      await knows(view, [0, 49_999]);
      expect(all.every((image) => view.isDecided(image))).toBe(true);
      expect(view.isDecided(50_000)).toBe(false);
    });
  });
}
