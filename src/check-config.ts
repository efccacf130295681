import type { ClipConfig, TransformerConfig } from './config.ts';
import { ModelError } from './errors.ts';

/**
 * Refuses a config whose numbers do not go together. Wherever it came from, this is the one place that looks: an engine
 * may compute with such numbers all the same, and give wrong results without a word.
 * @throws ModelError that names the numbers
 */
export function checkConfig({ embedDim, vision, text, preprocess }: ClipConfig): void {
  positive('embedDim', embedDim);
  if (vision?.kind === 'vit') {
    checkTransformer('image tower', vision);
    divides('image tower: imageSize', vision.imageSize, 'patchSize', vision.patchSize);
  }
  if (vision?.kind === 'modified-resnet') {
    for (const [stage, count] of vision.layers.entries()) positive(`image tower: layers of stage ${stage}`, count);
    divides('image tower: imageSize', vision.imageSize, 'the stride of its trunk', 32);
    divides('image tower: width', 32 * vision.width, 'heads', vision.heads);
  }
  if (text) {
    checkTransformer('text tower', text);
    positive('text tower: contextLength', text.contextLength);
    positive('text tower: vocabSize', text.vocabSize);
    if (text.endToken !== 'argmax' && !(text.endToken < text.vocabSize)) {
      refuse(`text tower: the end token's id ${text.endToken} is not among its ${text.vocabSize} tokens`);
    }
  }
  if (vision && preprocess.size !== vision.imageSize) {
    refuse(`preprocessing makes ${preprocess.size} pixels but the image tower takes ${vision.imageSize}`);
  }
  if (!preprocess.std.every((value) => value > 0))
    refuse(`preprocessing: std [${preprocess.std.join(', ')}] must be positive`);
}

function checkTransformer(
  tower: string,
  { width, layers, heads, mlpWidth, activation, layerNormEpsilon }: TransformerConfig,
): void {
  positive(`${tower}: layers`, layers);
  positive(`${tower}: mlpWidth`, mlpWidth);
  divides(`${tower}: width`, width, 'heads', heads);
  if (activation !== 'quick_gelu' && activation !== 'gelu')
    refuse(`${tower}: activation '${String(activation)}' is not 'quick_gelu' or 'gelu'`);
  if (!(layerNormEpsilon > 0)) refuse(`${tower}: layerNormEpsilon ${layerNormEpsilon} must be positive`);
}

function positive(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) refuse(`${what} ${value} must be a positive integer`);
}

function divides(what: string, value: number, by: string, divisor: number): void {
  positive(what, value);
  if (!Number.isSafeInteger(divisor) || divisor < 1 || value % divisor !== 0)
    refuse(`${what} ${value} is not divisible by ${by} ${divisor}`);
}

function refuse(reason: string): never {
  throw new ModelError(`Cannot use config: ${reason}`);
}
