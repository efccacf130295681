import { buildClassifier } from '../../classify/classifier.ts';
import type { Clip } from '../../clip.ts';
import type { Image } from '../../image/image.ts';
import { preparePixels } from '../../image/preprocess.ts';
import { drawEachThing } from './naming.ts';
import { pictureTemplates, shapeCaption, shapeNames } from './prompts.ts';

/** A picture for the probes that alter pictures. */
export type ProbePicture = {
  image: Image;
  /** One of the class names, where it is known: then accuracies are given beside flip rates. */
  label?: string | undefined;
};

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
  classNames: readonly string[],
  templates?: readonly string[],
): Promise<ProbeSet> {
  const pictures: ProbeSet['pictures'] = [];
  for await (const { image, label } of given) {
    const at = label === undefined ? undefined : classNames.indexOf(label);
    if (at === -1) {
      throw new RangeError(
        `Cannot probe: picture ${pictures.length} has the label '${label}', which is none of the class names; add it to them`,
      );
    }
    pictures.push({ image: preparePixels(image, clip.config.preprocess), label: at });
  }
  if (pictures.length === 0) throw new RangeError('Cannot probe: expected one picture or more but got none');
  const { weights } = await buildClassifier(clip, classNames, templates ? { templates } : {});
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
