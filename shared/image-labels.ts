/**
 * Labels of images by their index in the data set. Read by index alone: they may be those of a whole data set, or of the images of a job, whose
 * indices may be large though they are few.
 */
export interface ImageLabels {
  readonly [image: number]: number;
}
