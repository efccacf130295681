import type { Case } from '../case.ts';
import { castCases } from './casts.ts';
import { convolutionCases } from './convolution.ts';
import { elementwiseCases } from './elementwise.ts';
import { gatherCases } from './gather.ts';
import { joiningCases } from './joining.ts';
import { layerCases } from './layers.ts';
import { matMulCases } from './matmul.ts';
import { normalisationCases } from './normalisation.ts';
import { reductionCases } from './reductions.ts';
import { resNetCases } from './resnet.ts';
import { shapeCases } from './shapes.ts';
import { softmaxCases } from './softmax.ts';
import { textCases } from './text.ts';
import { vitCases } from './vit.ts';

/** tfjs's operators by topic. */
export const operatorCases: Readonly<Record<string, readonly Case[]>> = {
  'products of matrices': matMulCases,
  'number by number': elementwiseCases,
  reductions: reductionCases,
  'softmax and losses': softmaxCases,
  gather: gatherCases,
  shapes: shapeCases,
  'joining and taking apart': joiningCases,
  'convolution, pooling, resizing': convolutionCases,
  normalisation: normalisationCases,
  'number types': castCases,
};

/** Our own layers, which are made of them. */
export const ownCases: Readonly<Record<string, readonly Case[]>> = {
  'layers of a block': layerCases,
  'Vision Transformer': vitCases,
  ModifiedResNet: resNetCases,
  'text tower': textCases,
};
