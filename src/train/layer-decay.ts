import type { ClipConfig } from '../config.ts';

/**
 * Layer-wise decay of the learning rate: a tower's last layers learn at the full rate, each block below at `decay` times
 * that of the one above it, the embeddings at the least (Clark et al. 2020, ELECTRA, section 3.1; numbered as in BEiT, Bao
 * et al. 2022, and timm: embeddings 0, blocks from 1, norm and projection behind them one more). Dong et al. 2022 fine-tune
 * CLIP's image tower with 0.6 for ViT-B/16 and 0.65 for L/14. A ResNet's stages count as its blocks.
 * @param decay above 0, at most 1: that is none
 * @returns what the learning rate of a parameter is multiplied by, by name; for LoRA's matrices too
 */
export function layerDecay({ vision, text }: ClipConfig, decay: number): (name: string) => number {
  if (!(decay > 0 && decay <= 1))
    throw new RangeError(`Cannot decay the learning rate: expected layerDecay above 0, at most 1, but got ${decay}`);
  const visualBlocks = vision?.kind === 'vit' ? vision.layers : (vision?.layers.length ?? 0);
  const blocks: Record<string, number> = { visual: visualBlocks, text: text?.layers ?? 0 };
  return (name) => {
    const [, tower = '', block] = /^(visual|text)\.(?:resblocks|stages)\.(\d+)\./.exec(name) ?? [];
    if (block !== undefined) return decay ** ((blocks[tower] as number) - Number(block));
    const [, embedded] = embeddings.exec(name) ?? [];
    return embedded === undefined ? 1 : decay ** ((blocks[embedded] as number) + 1);
  };
}

/** What stands before the first block; its tower. */
const embeddings =
  /^(visual(?=\.(?:patchEmbedding|classEmbedding|positionalEmbedding|lnPre\.|stem\.))|text(?=\.(?:tokenEmbedding|positionalEmbedding)))/;
