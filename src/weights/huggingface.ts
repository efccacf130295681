import { isKernel, type NameTable, rename } from './names.ts';

/** Our names in the spelling of transformers' CLIPModel, misspelt `pre_layrnorm` included. The rules apply from top to bottom. */
const rules = [
  [/^logitScale$/, 'logit_scale'],

  [/^text\.tokenEmbedding$/, 'text_model.embeddings.token_embedding.weight'],
  [/^text\.positionalEmbedding$/, 'text_model.embeddings.position_embedding.weight'],
  [/^text\.resblocks/, 'text_model.encoder.layers'],
  [/^text\.lnFinal/, 'text_model.final_layer_norm'],
  [/^text\.proj$/, 'text_projection.weight'],

  [/^visual\.patchEmbedding$/, 'vision_model.embeddings.patch_embedding.weight'],
  [/^visual\.classEmbedding$/, 'vision_model.embeddings.class_embedding'],
  [/^visual\.positionalEmbedding$/, 'vision_model.embeddings.position_embedding.weight'],
  [/^visual\.lnPre/, 'vision_model.pre_layrnorm'],
  [/^visual\.resblocks/, 'vision_model.encoder.layers'],
  [/^visual\.lnPost/, 'vision_model.post_layernorm'],
  [/^visual\.proj$/, 'visual_projection.weight'],

  [/\.ln([12])\./, '.layer_norm$1.'],
  [/\.attn\.out\./, '.self_attn.out_proj.'],
  [/\.mlp\.fc\./, '.mlp.fc1.'],
  [/\.mlp\.proj\./, '.mlp.fc2.'],

  [/\.(kernel|gain)$/, '.weight'],
] as const;

/** The three projections of an attention are tensors of their own; the final projections are linear layers like the others. */
export const huggingfaceNames: NameTable = (name) => {
  const [, path, leaf] = name.match(/^(.*)\.attn\.qkv\.(.*)$/) ?? [];
  const keys = path ? ['q', 'k', 'v'].map((letter) => `${path}.self_attn.${letter}_proj.${leaf}`) : [name];
  return { keys: keys.map((key) => rename(rules, key)), outputFirst: isKernel(name) || name.endsWith('.proj') };
};
