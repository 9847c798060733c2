/** Certificates and their labels, of the images of a job. */
export interface Outcomes {
  readonly images: number;
  readonly certified: number;
  /** Certificates of the label's class. */
  readonly correct: number;
  /** Of the most frequent class among the certificates. */
  readonly ofOneClass: number;
  /** Of the most frequent label among the certified images. */
  readonly ofOneLabel: number;
}

const ENOUGH = 10;
const NEARLY_ALL = 0.9;
const ALMOST_NONE = 0.05;
/** Labels are spread where none has more than half of the images. */
const SPREAD = 0.5;

/**
 * Returns true if nearly all images are certified and almost none correctly, or all as one class while the labels are spread: the model, the
 * preprocessing and the labels do not belong together, however valid the certificates are.
 */
export function certifiesWrongly({ images, certified, correct, ofOneClass, ofOneLabel }: Outcomes): boolean {
  if (images < ENOUGH || certified < NEARLY_ALL * images) return false;
  if (correct <= ALMOST_NONE * certified) return true;
  return ofOneClass === certified && ofOneLabel <= SPREAD * certified;
}
