/** Where a checkpoint keeps one of our tensors. */
export type Stored = {
  /** Its tensors' names; several stand one above the other along the first axis. */
  keys: readonly string[];
  /** Whether the axis of outputs comes first, as PyTorch's layers have it; else the axes are ours. */
  outputFirst: boolean;
};

/** A checkpoint layout's spelling of our names. */
export type NameTable = (name: string) => Stored;

/** Applies rename rules in order, each wherever it matches. */
export function rename(rules: readonly (readonly [RegExp, string])[], name: string): string {
  return rules.reduce((spelling, [ours, theirs]) => spelling.replace(ours, theirs), name);
}

/** Linear layers, convolutions and the patch embedding, which is a convolution in every checkpoint. */
export function isKernel(name: string): boolean {
  return name.endsWith('.kernel') || name === 'visual.patchEmbedding';
}

/** Buffers that published files carry beside the weights. They hold nothing that the shapes do not say. */
export function isIgnoredBuffer(key: string): boolean {
  return /(^|\.)(position_ids|attn_mask|num_batches_tracked|input_resolution|context_length|vocab_size)$/.test(key);
}
