import type { ClipConfig } from '../config.ts';
import { blockCounts, blockOf, type Tower } from './tower-blocks.ts';

/**
 * Layer-wise decay of the learning rate: a tower's last layers learn at the full rate, each block below at `decay` times
 * that of the one above it, the embeddings at the least (Clark et al. 2020, ELECTRA, appendix B; numbered as in BEiT, Bao
 * et al. 2022, and timm: embeddings 0, blocks from 1, norm and projection behind them one more). Dong et al. 2022 fine-tune
 * CLIP's image tower with 0.6 for ViT-B/16 and 0.65 for L/14. A ResNet's stages count as its blocks.
 * @param decay above 0, at most 1: that is none
 * @returns what the learning rate of a parameter is multiplied by, by name; for LoRA's matrices too
 */
export function layerDecay(config: ClipConfig, decay: number): (name: string) => number {
  if (!(decay > 0 && decay <= 1))
    throw new RangeError(`Cannot decay the learning rate: expected layerDecay above 0, at most 1, but got ${decay}`);
  const counts = blockCounts(config);
  return (name) => {
    const place = blockOf(name);
    if (place) return decay ** (counts[place.tower] - place.block);
    const [, embedded] = embeddings.exec(name) ?? [];
    return embedded === undefined ? 1 : decay ** (counts[embedded as Tower] + 1);
  };
}

/** What stands before the first block; its tower. */
const embeddings =
  /^(visual(?=\.(?:patchEmbedding|classEmbedding|positionalEmbedding|lnPre\.|stem\.))|text(?=\.(?:tokenEmbedding|positionalEmbedding)))/;
