/**
 * Tells workers which images are decided, so that they draw no more for them. An announcement is never taken back. A lost or
 * late signal wastes samples and changes no certificate.
 */
export interface StopSignal {
  announce(images: readonly number[]): void;
  isDecided(image: number): boolean;
  /** Calls `listener` with newly announced images until the returned function is called. */
  onAnnounce(listener: (images: readonly number[]) => void): () => void;
  close(): Promise<void>;
}
