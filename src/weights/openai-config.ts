import { announce } from '../announce.ts';
import {
  type Activation,
  type Architecture,
  architectureConfig,
  type ClipConfig,
  defaultLayerNormEpsilon,
  findArchitecture,
  publishedArchitectures,
} from '../config.ts';
import { ModelError } from '../errors.ts';
import { parameterShapes } from '../parameters.ts';

/** The names and shapes of a file's tensors, in OpenAI's spelling and axis order. */
export type StoredShapes = ReadonlyMap<string, readonly number[]>;

const defaultHeadWidth = 64;

/**
 * Finds the config of a bare OpenAI-layout file from its shapes, as OpenAI's `build_model` does. Shapes do not tell
 * the head counts: those come from `architecture`, else from the one published architecture with the same shapes, else
 * each head is taken to be 64 wide, and that is announced.
 * @param architecture a published name, e.g. `ViT-B/32`
 * @throws ModelError where a tensor that tells a dimension is missing, or the named architecture has other shapes
 */
export function configFromWeights(stored: StoredShapes, activation: Activation, architecture?: string): ClipConfig {
  const inferred = inferConfig(stored, activation);
  if (architecture !== undefined) {
    const config = architectureConfig(findArchitecture(architecture), activation);
    if (!sameShapes(config, inferred)) {
      throw new ModelError(
        `Cannot load model as '${architecture}': the file's tensors have other shapes than that architecture`,
      );
    }
    return config;
  }
  const twins = Object.values(publishedArchitectures).filter((published: Architecture) =>
    sameShapes(architectureConfig(published, activation), inferred),
  );
  if (twins.length === 1) return architectureConfig(twins[0] as Architecture, activation);
  const heads = [inferred.vision?.heads, inferred.text?.heads].join(' and ');
  announce(
    `the file does not say its head counts and has the shapes of no published model: taking heads ${defaultHeadWidth} wide, ` +
      `so ${heads} of them in the image and text towers; load a directory with its config if that is wrong`,
  );
  return inferred;
}

function inferConfig(stored: StoredShapes, activation: Activation): ClipConfig {
  const extent = (key: string, axis: number): number =>
    stored.get(key)?.[axis] ?? fail(`tensor '${key}', which tells the dimensions, is missing`);
  const layersOf = (pattern: RegExp) => new Set([...stored.keys()].map((key) => key.match(pattern)?.[1])).size - 1;

  const textWidth = extent('ln_final.weight', 0);
  const text = {
    width: textWidth,
    layers: layersOf(/^transformer\.resblocks\.(\d+)\./),
    heads: wholeHeads(textWidth),
    mlpWidth: extent('transformer.resblocks.0.mlp.c_fc.weight', 0),
    activation,
    layerNormEpsilon: defaultLayerNormEpsilon,
    contextLength: extent('positional_embedding', 0),
    vocabSize: extent('token_embedding.weight', 0),
    endToken: 'argmax',
  } as const;
  const embedDim = extent('text_projection', 1);

  if (stored.has('visual.proj')) {
    const width = extent('visual.conv1.weight', 0);
    const patchSize = extent('visual.conv1.weight', 2);
    const imageSize = patchSize * wholeRoot(extent('visual.positional_embedding', 0) - 1);
    const layers = layersOf(/^visual\.transformer\.resblocks\.(\d+)\./);
    const mlpWidth = extent('visual.transformer.resblocks.0.mlp.c_fc.weight', 0);
    const { layerNormEpsilon } = text;
    const vision = {
      width,
      layers,
      heads: wholeHeads(width),
      mlpWidth,
      activation,
      layerNormEpsilon,
      imageSize,
      patchSize,
    };
    return architectureConfig({ embedDim, vision: { kind: 'vit', ...vision }, text }, activation);
  }
  const imageSize = 32 * wholeRoot(extent('visual.attnpool.positional_embedding', 0) - 1);
  const layers = [1, 2, 3, 4].map((stage) => layersOf(new RegExp(`^visual\\.layer${stage}\\.(\\d+)\\.`)));
  const stages = layers as [number, number, number, number];
  const width = 2 * extent('visual.conv1.weight', 0); // the stem begins with half the width
  const heads = wholeHeads(32 * width); // the trunk ends with 32 times the width
  const vision = { kind: 'modified-resnet', imageSize, width, layers: stages, heads } as const;
  return architectureConfig({ embedDim, vision, text }, activation);
}

function sameShapes(one: ClipConfig, other: ClipConfig): boolean {
  const list = (config: ClipConfig) => JSON.stringify([...parameterShapes(config)]);
  return list(one) === list(other);
}

function wholeRoot(cells: number): number {
  const root = Math.sqrt(cells);
  return Number.isInteger(root) ? root : fail(`${cells} positions make no square grid`);
}

function wholeHeads(width: number): number {
  if (width % defaultHeadWidth === 0) return width / defaultHeadWidth;
  return fail(
    `a width of ${width} is no multiple of ${defaultHeadWidth}, so the head count is unknown; name the architecture or load a directory with its config`,
  );
}

function fail(reason: string): never {
  throw new ModelError(`Cannot load model: ${reason}`);
}
