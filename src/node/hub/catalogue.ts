import type { Activation } from '../../config.ts';
import { ModelError } from '../../errors.ts';
import { checkRepository, checkRevision } from './names.ts';

/** Where a published model lies, and what its weights alone do not tell. */
export type Published = {
  /** As open_clip spells it, e.g. `ViT-B-32/openai`, or `hf-hub:org/name`. */
  name: string;
  /** The repository on the hub: `org/name`. */
  repository: string;
  /** A branch, a tag or a commit. */
  revision: string;
  /** Undefined where only the repository's own config tells. */
  activation?: Activation;
  /** A name that `findArchitecture` knows; undefined where the model has another picture size, which its config tells. */
  architecture?: string;
  /** SHA-256 of its open_clip_model.safetensors, where several independent records of it agree. */
  sha256?: string;
};

// open_clip 3.3.0, src/open_clip/pretrained.py: all entries of CLIP's own architecture that are on the hub.
// Per model its tags: q says QuickGELU, g the exact GELU.
// biome-ignore format: a table is read by its columns
const tables: Readonly<Record<string, { architecture?: string; tags: Readonly<Record<string, `${'q' | 'g'} ${string}`>> }>> = {
  'RN50': { architecture: 'RN50', tags: {
    openai:  'q timm/resnet50_clip.openai',
    yfcc15m: 'q timm/resnet50_clip.yfcc15m',
    cc12m:   'q timm/resnet50_clip.cc12m',
  } },
  'RN101': { architecture: 'RN101', tags: {
    openai:  'q timm/resnet101_clip.openai',
    yfcc15m: 'q timm/resnet101_clip.yfcc15m',
  } },
  'RN50x4': { architecture: 'RN50x4', tags: {
    openai: 'q timm/resnet50x4_clip.openai',
  } },
  'RN50x16': { architecture: 'RN50x16', tags: {
    openai: 'q timm/resnet50x16_clip.openai',
  } },
  'RN50x64': { architecture: 'RN50x64', tags: {
    openai: 'q timm/resnet50x64_clip.openai',
  } },
  'ViT-B-32': { architecture: 'ViT-B/32', tags: {
    openai:                       'q timm/vit_base_patch32_clip_224.openai',
    laion400m_e31:                'q timm/vit_base_patch32_clip_224.laion400m_e31',
    laion400m_e32:                'q timm/vit_base_patch32_clip_224.laion400m_e32',
    laion2b_e16:                  'g timm/vit_base_patch32_clip_224.laion2b_e16',
    laion2b_s34b_b79k:            'g laion/CLIP-ViT-B-32-laion2B-s34B-b79K',
    datacomp_xl_s13b_b90k:        'g laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K',
    datacomp_m_s128m_b4k:         'g laion/CLIP-ViT-B-32-DataComp.M-s128M-b4K',
    commonpool_m_clip_s128m_b4k:  'g laion/CLIP-ViT-B-32-CommonPool.M.clip-s128M-b4K',
    commonpool_m_laion_s128m_b4k: 'g laion/CLIP-ViT-B-32-CommonPool.M.laion-s128M-b4K',
    commonpool_m_image_s128m_b4k: 'g laion/CLIP-ViT-B-32-CommonPool.M.image-s128M-b4K',
    commonpool_m_text_s128m_b4k:  'g laion/CLIP-ViT-B-32-CommonPool.M.text-s128M-b4K',
    commonpool_m_basic_s128m_b4k: 'g laion/CLIP-ViT-B-32-CommonPool.M.basic-s128M-b4K',
    commonpool_m_s128m_b4k:       'g laion/CLIP-ViT-B-32-CommonPool.M-s128M-b4K',
    datacomp_s_s13m_b4k:          'g laion/CLIP-ViT-B-32-DataComp.S-s13M-b4K',
    commonpool_s_clip_s13m_b4k:   'g laion/CLIP-ViT-B-32-CommonPool.S.clip-s13M-b4K',
    commonpool_s_laion_s13m_b4k:  'g laion/CLIP-ViT-B-32-CommonPool.S.laion-s13M-b4K',
    commonpool_s_image_s13m_b4k:  'g laion/CLIP-ViT-B-32-CommonPool.S.image-s13M-b4K',
    commonpool_s_text_s13m_b4k:   'g laion/CLIP-ViT-B-32-CommonPool.S.text-s13M-b4K',
    commonpool_s_basic_s13m_b4k:  'g laion/CLIP-ViT-B-32-CommonPool.S.basic-s13M-b4K',
    commonpool_s_s13m_b4k:        'g laion/CLIP-ViT-B-32-CommonPool.S-s13M-b4K',
    metaclip_400m:                'q timm/vit_base_patch32_clip_224.metaclip_400m',
    metaclip_fullcc:              'q timm/vit_base_patch32_clip_224.metaclip_2pt5b',
  } },
  'ViT-B-32-256': { tags: {
    datacomp_s34b_b86k: 'g laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K',
  } },
  'ViT-B-16': { architecture: 'ViT-B/16', tags: {
    openai:                     'q timm/vit_base_patch16_clip_224.openai',
    laion400m_e31:              'g timm/vit_base_patch16_clip_224.laion400m_e31',
    laion400m_e32:              'g timm/vit_base_patch16_clip_224.laion400m_e32',
    laion2b_s34b_b88k:          'g laion/CLIP-ViT-B-16-laion2B-s34B-b88K',
    datacomp_xl_s13b_b90k:      'g laion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K',
    datacomp_l_s1b_b8k:         'g laion/CLIP-ViT-B-16-DataComp.L-s1B-b8K',
    commonpool_l_clip_s1b_b8k:  'g laion/CLIP-ViT-B-16-CommonPool.L.clip-s1B-b8K',
    commonpool_l_laion_s1b_b8k: 'g laion/CLIP-ViT-B-16-CommonPool.L.laion-s1B-b8K',
    commonpool_l_image_s1b_b8k: 'g laion/CLIP-ViT-B-16-CommonPool.L.image-s1B-b8K',
    commonpool_l_text_s1b_b8k:  'g laion/CLIP-ViT-B-16-CommonPool.L.text-s1B-b8K',
    commonpool_l_basic_s1b_b8k: 'g laion/CLIP-ViT-B-16-CommonPool.L.basic-s1B-b8K',
    commonpool_l_s1b_b8k:       'g laion/CLIP-ViT-B-16-CommonPool.L-s1B-b8K',
    dfn2b:                      'q apple/DFN2B-CLIP-ViT-B-16',
    metaclip_400m:              'q timm/vit_base_patch16_clip_224.metaclip_400m',
    metaclip_fullcc:            'q timm/vit_base_patch16_clip_224.metaclip_2pt5b',
  } },
  'ViT-L-14': { architecture: 'ViT-L/14', tags: {
    openai:                        'q timm/vit_large_patch14_clip_224.openai',
    laion400m_e31:                 'g timm/vit_large_patch14_clip_224.laion400m_e31',
    laion400m_e32:                 'g timm/vit_large_patch14_clip_224.laion400m_e32',
    laion2b_s32b_b82k:             'g laion/CLIP-ViT-L-14-laion2B-s32B-b82K',
    datacomp_xl_s13b_b90k:         'g laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K',
    commonpool_xl_clip_s13b_b90k:  'g laion/CLIP-ViT-L-14-CommonPool.XL.clip-s13B-b90K',
    commonpool_xl_laion_s13b_b90k: 'g laion/CLIP-ViT-L-14-CommonPool.XL.laion-s13B-b90K',
    commonpool_xl_s13b_b90k:       'g laion/CLIP-ViT-L-14-CommonPool.XL-s13B-b90K',
    metaclip_400m:                 'q timm/vit_large_patch14_clip_224.metaclip_400m',
    metaclip_fullcc:               'q timm/vit_large_patch14_clip_224.metaclip_2pt5b',
    dfn2b:                         'q apple/DFN2B-CLIP-ViT-L-14',
    dfn2b_s39b:                    'g apple/DFN2B-CLIP-ViT-L-14-39B',
  } },
  'ViT-L-14-336': { architecture: 'ViT-L/14@336px', tags: {
    openai: 'q timm/vit_large_patch14_clip_336.openai',
  } },
  'ViT-H-14': { architecture: 'ViT-H/14', tags: {
    laion2b_s32b_b79k:   'g laion/CLIP-ViT-H-14-laion2B-s32B-b79K',
    metaclip_fullcc:     'q timm/vit_huge_patch14_clip_224.metaclip_2pt5b',
    metaclip_altogether: 'g timm/vit_huge_patch14_clip_224.metaclip_altogether',
    dfn5b:               'q apple/DFN5B-CLIP-ViT-H-14',
  } },
  'ViT-H-14-378': { tags: {
    dfn5b: 'q apple/DFN5B-CLIP-ViT-H-14-378',
  } },
  'ViT-g-14': { architecture: 'ViT-g/14', tags: {
    laion2b_s12b_b42k: 'g laion/CLIP-ViT-g-14-laion2B-s12B-b42K',
    laion2b_s34b_b88k: 'g laion/CLIP-ViT-g-14-laion2B-s34B-b88K',
  } },
  'ViT-bigG-14': { architecture: 'ViT-bigG/14', tags: {
    laion2b_s39b_b160k: 'g laion/CLIP-ViT-bigG-14-laion2B-39B-b160k',
    metaclip_fullcc:    'q timm/vit_gigantic_patch14_clip_224.metaclip_2pt5b',
  } },
};

/** SHA-256 of the open_clip_model.safetensors of a repository, as published records outside the hub have it. */
const knownWeights: Readonly<Record<string, string>> = {
  'timm/vit_base_patch32_clip_224.openai': 'e6d1bd7789aa45192b3bf90570a789b478bae1b74ebcce7eddd908e83a2b7c31',
  'timm/vit_base_patch16_clip_224.openai': '4b8699299b1e8997753c64b052ba32031449d5d853f55a039148560ee02b820f',
  'timm/vit_large_patch14_clip_224.openai': '9ce2e8a8ebfff3793d7d375ad6d3c35cb9aebf3de7ace0fc7308accab7cd207e',
  'timm/resnet50_clip.openai': 'da0baa37fb2211eee5729ab69ed587eb10d48f5b7076ceeed01552fc3d4cb4ee',
  'laion/CLIP-ViT-B-32-laion2B-s34B-b79K': 'ac4f8c4b88af6d963118cbf40ad93176d092abbedfcb752601ae1866352656e6',
};

/** All published models, OpenAI's first. */
export const catalogue: readonly Published[] = Object.entries(tables)
  .flatMap(([model, { architecture, tags }]) =>
    Object.entries(tags).map(([tag, entry]): Published => {
      const repository = entry.slice(2);
      const sha256 = knownWeights[repository];
      return {
        ...{ name: `${model}/${tag}`, repository, revision: 'main' },
        activation: entry.startsWith('q') ? 'quick_gelu' : 'gelu',
        ...(architecture !== undefined && { architecture }),
        ...(sha256 !== undefined && { sha256 }),
      };
    }),
  )
  .sort((one, other) => Number(isOpenai(other)) - Number(isOpenai(one)));

function isOpenai({ name }: Published): boolean {
  return name.endsWith('/openai');
}

/** OpenAI's own spelling of one of its nine models; undefined for all others. */
export function openaiSpelling(published: Published): string | undefined {
  return isOpenai(published) ? published.architecture : undefined;
}

const onHub = /^hf-hub:/;

/**
 * Finds a published model by OpenAI's spelling (`ViT-B/32`), by open_clip's (`ViT-B-32/openai`, also `ViT-B-32-quickgelu/openai`),
 * or makes one of any repository of the hub: `hf-hub:org/name`, `hf-hub:org/name@revision`.
 * @returns undefined where a name is in no such spelling or not in the catalogue
 * @throws ModelError where what follows `hf-hub:` can be no repository
 */
export function findPublished(name: string): Published | undefined {
  if (onHub.test(name)) {
    const [repository = '', revision = 'main', ...rest] = name.replace(onHub, '').split('@');
    if (rest.length > 0) throw new ModelError(`Cannot use '${name}': expected hf-hub:org/name@revision`);
    checkRepository(repository);
    checkRevision(revision);
    const known = catalogue.find((entry) => entry.repository === repository);
    return { ...known, name, repository, revision };
  }
  const spell = (spelling: string) => {
    const [model = '', tag] = spelling.split('/');
    return tag && `${model.replace(/-quickgelu$/, '')}/${tag.replaceAll('-', '_')}`.toLowerCase();
  };
  return catalogue.find(
    (entry) =>
      openaiSpelling(entry) === name || (spell(name) === entry.name.toLowerCase() && quickgeluFits(name, entry)),
  );
}

/** open_clip's `-quickgelu` models have the tags of weights that were trained so. */
function quickgeluFits(name: string, { activation }: Published): boolean {
  return !/-quickgelu\//.test(name) || activation === 'quick_gelu';
}

/** What to say where a name is unknown. */
export function namesInShort(): string {
  const own = catalogue.map(openaiSpelling).filter((spelling) => spelling !== undefined);
  return `${own.join(', ')}, those of 'clip-tfjs pull --list', or hf-hub:org/name`;
}
