import type { ClipConfig } from '../config.ts';
import { blockCounts, blockOf } from './tower-blocks.ts';

/** Which of a model's own parameters are trained. */
export const trainedParts = ['full', 'lock-image', 'lock-text', 'last-blocks', 'projections'] as const;
export type TrainedPart = (typeof trainedParts)[number];

/**
 * Whether a parameter is trained, by name. The temperature always is.
 * - 'full': everything
 * - 'lock-image': not the image tower (LiT: Zhai et al. 2022); 'lock-text': not the text tower
 * - 'last-blocks': the last blocks of both towers and what comes after them; of a ResNet its last stages
 * - 'projections': what maps a tower's width to the common space, and nothing before it
 * @param lastBlocks how many blocks, for 'last-blocks'; a tower that has no more is trained from its first block on
 * @throws RangeError where no tower has more than that: then nothing but the embeddings would be left out
 */
export function isTrainedPart(config: ClipConfig, part: TrainedPart, lastBlocks = 1): (name: string) => boolean {
  if (part === 'full') return () => true;
  if (part === 'lock-image') return (name) => !name.startsWith('visual.');
  if (part === 'lock-text') return (name) => !name.startsWith('text.');
  if (part === 'projections') return (name) => projection.test(name) || name === 'logitScale';
  return inLastBlocks(config, lastBlocks);
}

/** A ResNet's projection is the last layer of its attention pooling. */
const projection = /^((visual|text)\.proj$|visual\.attentionPool\.out\.)/;

/** What stands behind the blocks of its tower, norm and projection, and the temperature: no way back through blocks leads to it. */
export function isAfterBlocks(name: string): boolean {
  return afterBlocks.test(name);
}

const afterBlocks = /^(visual\.(lnPost\.|proj$|attentionPool\.)|text\.(lnFinal\.|proj$)|logitScale$)/;

function inLastBlocks(config: ClipConfig, lastBlocks: number): (name: string) => boolean {
  const counts = blockCounts(config);
  const deepest = Math.max(...Object.values(counts));
  if (!(Number.isSafeInteger(lastBlocks) && lastBlocks > 0 && lastBlocks < deepest))
    throw new RangeError(
      `Cannot train the last blocks: expected how many, from 1 to ${deepest - 1}, but got ${lastBlocks}; to train everything, leave the mode 'full'`,
    );
  return (name) => {
    const place = blockOf(name);
    return place ? place.block >= counts[place.tower] - lastBlocks : isAfterBlocks(name);
  };
}
