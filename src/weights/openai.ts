import { isKernel, type NameTable, rename } from './names.ts';

/** Our names in the spelling of OpenAI's state dict, which open_clip keeps. The rules apply from top to bottom. */
const rules = [
  [/^logitScale$/, 'logit_scale'],

  [/^text\.tokenEmbedding$/, 'token_embedding.weight'],
  [/^text\.positionalEmbedding$/, 'positional_embedding'],
  [/^text\.resblocks/, 'transformer.resblocks'],
  [/^text\.lnFinal/, 'ln_final'],
  [/^text\.proj$/, 'text_projection'],

  [/^visual\.patchEmbedding$/, 'visual.conv1.weight'],
  [/^visual\.classEmbedding$/, 'visual.class_embedding'],
  [/^visual\.positionalEmbedding$/, 'visual.positional_embedding'],
  [/^visual\.lnPre/, 'visual.ln_pre'],
  [/^visual\.resblocks/, 'visual.transformer.resblocks'],
  [/^visual\.lnPost/, 'visual.ln_post'],

  [/\.ln([12])\./, '.ln_$1.'],
  [/\.attn\.qkv\.kernel$/, '.attn.in_proj_weight'],
  [/\.attn\.qkv\.bias$/, '.attn.in_proj_bias'],
  [/\.attn\.out\./, '.attn.out_proj.'],
  [/\.mlp\.(fc|proj)\./, '.mlp.c_$1.'],

  // Torch counts the stem's convolutions and the stages from 1.
  [/^visual\.stem\.0\./, 'visual.conv1.'],
  [/^visual\.stem\.1\./, 'visual.conv2.'],
  [/^visual\.stem\.2\./, 'visual.conv3.'],
  [/^visual\.stages\.0\./, 'visual.layer1.'],
  [/^visual\.stages\.1\./, 'visual.layer2.'],
  [/^visual\.stages\.2\./, 'visual.layer3.'],
  [/^visual\.stages\.3\./, 'visual.layer4.'],
  [/\.conv([123])\.norm\./, '.bn$1.'],
  [/\.downsample\.norm\./, '.downsample.1.'],
  [/\.downsample\.kernel$/, '.downsample.0.kernel'],
  [/^visual\.attentionPool\.positionalEmbedding$/, 'visual.attnpool.positional_embedding'],
  [/^visual\.attentionPool\.out\./, 'visual.attnpool.c_proj.'],
  [/^visual\.attentionPool\.([qkv])\./, 'visual.attnpool.$1_proj.'],

  [/\.(kernel|gain)$/, '.weight'],
  [/\.mean$/, '.running_mean'],
  [/\.variance$/, '.running_var'],
] as const;

/** OpenAI multiplies by `visual.proj` and `text_projection` from the right, so they keep their axes; layers do not. */
export const openaiNames: NameTable = (name) => ({ keys: [rename(rules, name)], outputFirst: isKernel(name) });
