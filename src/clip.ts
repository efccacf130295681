import * as tf from '@tensorflow/tfjs';
import type { ClipConfig } from './config.ts';
import { assertShape, ModelError } from './errors.ts';
import { assembleWeights, type ClipWeights, type Towers } from './parameters.ts';
import { type TextEncoder, textEncoder } from './text/text-encoder.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { type ModifiedResNet, modifiedResNet } from './vision/modified-resnet.ts';
import { type VisionTransformer, visionTransformer } from './vision/vit.ts';

/** A CLIP in memory: its config, its tensors, its tokenizer. It owns the tensors until `dispose()`. */
export class Clip {
  readonly config: ClipConfig;
  readonly towers: Towers;
  /** Every tensor by name: see `parameterShapes`. */
  readonly parameters: ReadonlyMap<string, tf.Tensor>;
  readonly #parameters: Map<string, tf.Tensor>;
  #weights: ClipWeights | undefined;
  readonly #makeTokenizer: () => Tokenizer;
  #tokenizer: Tokenizer | undefined;
  #logScale: number | undefined;

  /**
   * @param parameters the tensors of `towers`; from here on they belong to the Clip
   * @param makeTokenizer called on the first use of `tokenizer`; may throw where no vocabulary fits
   * @param logScale the value of the parameter `logitScale`, undefined where there is none
   */
  constructor(
    config: ClipConfig,
    towers: Towers,
    parameters: ReadonlyMap<string, tf.Tensor>,
    makeTokenizer: () => Tokenizer,
    logScale: number | undefined,
  ) {
    this.config = config;
    this.towers = towers;
    this.#parameters = new Map(parameters);
    this.parameters = this.#parameters;
    this.#weights = this.#assemble();
    this.#makeTokenizer = makeTokenizer;
    this.#logScale = logScale;
  }

  /** The same tensors as the layers take them; to be asked for anew after `replace`. */
  get weights(): ClipWeights {
    this.#weights ??= this.#assemble();
    return this.#weights;
  }

  #assemble(): ClipWeights {
    return assembleWeights(this.config, this.towers, <R extends tf.Rank>(name: string) => {
      const tensor = this.#parameters.get(name);
      if (!tensor) throw new ModelError(`Cannot build the model: tensor '${name}' is missing`);
      return tensor as tf.Tensor<R>;
    });
  }

  /**
   * Puts a new tensor in the place of a parameter, as an optimiser does. The old one is disposed, the new one belongs to
   * the Clip. After a change of `logitScale`, call `refreshLogitScale`.
   * @throws ModelError on a name that is none of this model's, TypeError on another shape
   */
  replace(name: string, tensor: tf.Tensor): void {
    this.#assertAlive(`replace parameter '${name}'`);
    const before = this.#parameters.get(name);
    if (!before) throw new ModelError(`Cannot replace parameter '${name}': the model has none of this name`);
    assertShape(`Cannot replace parameter '${name}': expected shape`, tensor.shape, before.shape);
    this.#parameters.set(name, tf.keep(tensor));
    this.#weights = undefined;
    before.dispose();
  }

  /** Text to ids and back. @throws ModelError where the model's vocabulary fits no tokenizer; ids can be encoded all the same */
  get tokenizer(): Tokenizer {
    this.#tokenizer ??= this.#makeTokenizer();
    return this.#tokenizer;
  }

  /**
   * The multiplier of cosines before the softmax, e^(stored parameter): 14.3 before training, 100 at most after it. It is
   * the value last read, because a GPU cannot be asked at once: see `refreshLogitScale`.
   */
  get logitScale(): number {
    this.#assertAlive('read logitScale');
    if (this.#logScale === undefined) throw new ModelError(noTemperature);
    return Math.exp(this.#logScale);
  }

  /**
   * Reads the parameter `logitScale` anew. Whoever changes it, as an optimiser does, calls this afterwards.
   * @returns the new `logitScale`
   */
  async refreshLogitScale(): Promise<number> {
    this.#assertAlive('read logitScale');
    const logarithm = this.parameters.get('logitScale');
    if (!logarithm) throw new ModelError(noTemperature);
    [this.#logScale] = await logarithm.data<'float32'>();
    return this.logitScale;
  }

  /**
   * The image encoder.
   * @param pixels float32 [batch, height, width, 3] of the config's size, normalised by its mean and std
   * @returns [batch, embedDim], not of unit length; the caller disposes it
   * @throws TypeError on another shape, ModelError where the image tower is not loaded
   */
  encodeImage(pixels: tf.Tensor4D): tf.Tensor2D {
    const visual = this.visualFor(pixels);
    return tf.tidy(() => (visual.kind === 'vit' ? visionTransformer(visual, pixels) : modifiedResNet(visual, pixels)));
  }

  /** The weights of the image tower, after a check that it takes these pixels. @throws as encodeImage does */
  visualFor(pixels: tf.Tensor4D): VisionTransformer | ModifiedResNet {
    const { vision } = this.config;
    const { visual } = this.weights;
    if (!visual || !vision) throw new ModelError(`Cannot encode image: ${missingTower('image')}`);
    this.#assertAlive('encode image');
    const size = vision.imageSize;
    const channelsFirst = pixels.shape[1] === 3;
    const action = 'Cannot encode image: expected pixels';
    assertShape(action, pixels.shape, ['batch', size, size, 3], channelsFirst ? 'transpose to NHWC' : undefined);
    if (pixels.shape[0] === 0) throw new TypeError('Cannot encode image: expected one picture or more but got none');
    return visual;
  }

  /**
   * The text encoder.
   * @param ids int32 [batch, seq], seq at most contextLength; what stands behind the end token changes nothing
   * @returns [batch, embedDim], not of unit length; the caller disposes it
   * @throws TypeError on another shape or dtype, ModelError where the text tower is not loaded
   */
  encodeText(ids: tf.Tensor2D): tf.Tensor2D {
    const text = this.textFor(ids);
    return tf.tidy(() => textEncoder(text, ids));
  }

  /** The weights of the text tower, after a check that it takes these ids. @throws as encodeText does */
  textFor(ids: tf.Tensor2D): TextEncoder {
    const { text } = this.weights;
    if (!text || !this.config.text) throw new ModelError(`Cannot encode text: ${missingTower('text')}`);
    this.#assertAlive('encode text');
    const { contextLength } = this.config.text;
    const action = `Cannot encode text: expected int32 ids [batch, 1 to ${contextLength}]`;
    const [batch = 0, seq = 0, ...more] = ids.shape as number[];
    const fits = batch > 0 && seq > 0 && seq <= contextLength && more.length === 0;
    if (!fits) throw new TypeError(`${action} but got [${ids.shape.join(', ')}]`);
    if (ids.dtype !== 'int32') throw new TypeError(`${action} but got dtype ${ids.dtype}; cast the ids to int32`);
    return text;
  }

  /** Whether the tensors are gone. */
  get isDisposed(): boolean {
    const [tensor] = this.parameters.values();
    return tensor?.isDisposed ?? false;
  }

  /** Frees every tensor. Calling it again does nothing; encoding afterwards throws. */
  dispose(): void {
    for (const tensor of this.parameters.values()) tensor.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #assertAlive(action: string): void {
    if (this.isDisposed) throw new ModelError(`Cannot ${action}: the model was disposed; load it again`);
  }
}

const noTemperature = 'Cannot read logitScale: the file held one tower alone, without a temperature';

function missingTower(tower: 'image' | 'text'): string {
  return `the ${tower} tower is not loaded; load the model with towers: 'both' or towers: '${tower}'`;
}
