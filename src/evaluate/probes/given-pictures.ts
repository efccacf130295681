import { buildClassifier, type Classifier } from '../../classify/classifier.ts';
import type { Clip } from '../../clip.ts';
import type { Image } from '../../image/image.ts';
import { preparePixels } from '../../image/preprocess.ts';
import { drawEachThing } from './naming.ts';
import { pictureTemplates, shapeCaption, shapeNames } from './prompts.ts';

/** A picture for the probes that alter pictures. */
export type ProbePicture = {
  image: Image;
  /** Which of the classes it shows, as an index, where it is known: then accuracies are given beside flip rates. */
  label?: number | undefined;
};

/** The classes among which the model answers: names that can be written on pictures, and one unit vector each. */
export type ProbeClasses = Pick<Classifier, 'classNames' | 'weights'>;

/** Pictures as the model sees them, and the classes among which it answers. */
export type ProbeSet = {
  pictures: { image: Image; label: number | undefined }[];
  classNames: readonly string[];
  /** One unit vector per class. */
  directions: readonly Float32Array[];
};

/** The pictures that were given, resized and cropped one by one, so that large ones are not kept. */
export async function givenPictures(
  clip: Clip,
  given: Iterable<ProbePicture> | AsyncIterable<ProbePicture>,
  { classNames, weights }: ProbeClasses,
): Promise<ProbeSet> {
  const pictures: ProbeSet['pictures'] = [];
  for await (const { image, label } of given) {
    if (label !== undefined && classNames[label] === undefined)
      throw new RangeError(
        `Cannot probe: expected the label of picture ${pictures.length} to be a class from 0 to ${classNames.length - 1} but got ${label}`,
      );
    pictures.push({ image: preparePixels(image, clip.config.preprocess), label });
  }
  if (pictures.length === 0) throw new RangeError('Cannot probe: expected one picture or more but got none');
  return { pictures, classNames, directions: weights };
}

/** Where none were given: each shape in each colour, and the shapes' names as the classes. */
export async function generatedPictures(clip: Clip, seed: number): Promise<ProbeSet> {
  const pictures = drawEachThing(clip.config.preprocess.size, seed).map(({ thing, image }) => ({
    image,
    label: shapeNames.indexOf(thing.shape),
  }));
  const { weights } = await buildClassifier(clip, shapeNames.map(shapeCaption), { templates: pictureTemplates });
  return { pictures, classNames: shapeNames, directions: weights };
}
