import { dot, softmax } from '../embed.ts';
import { addTo, type PromptEnsemble } from './prompt-ensemble.ts';

/** What one template says of a picture. */
export type TemplateVote = {
  template: string;
  /** The class that it would answer alone, with its cosine, its probability, and its lead in cosine over this template's second. */
  label: string;
  similarity: number;
  probability: number;
  margin: number;
  /** Its part of the ensemble's lead: all templates' parts and `descriptions` add up to `lead`. Below 0: it speaks for the second. */
  contribution: number;
  /** What the other prompts answer without it; undefined where there are no others. */
  labelWithout: string | undefined;
};

/** Why an ensemble answers what it answers. */
export type PromptReport = {
  label: string;
  second: string;
  /** Cosine of the answer less that of the second. */
  lead: number;
  /** The part of the lead that the classes' own descriptions make. */
  descriptions: number;
  /** Share of the templates that alone give the ensemble's answer, 0 to 1. */
  agreement: number;
  /** In the order of the templates. */
  votes: TemplateVote[];
};

/**
 * Takes an answer apart by templates. The direction of class c is (Σ s[t, c] + d[c]) / |Σ s[t, c] + d[c]|, so a cosine, and with it
 * the lead of the best class over the second, is a sum over the templates t (s) and the descriptions (d): no approximation.
 * @param row a picture's unit vector [embedDim]
 * @throws RangeError on fewer than two classes: nothing is decided there
 */
export function explainPrompts(row: Float32Array, ensemble: PromptEnsemble, logitScale: number): PromptReport {
  const { classNames, templates, sums, descriptions } = ensemble;
  if (classNames.length < 2)
    throw new RangeError(`Cannot explain prompts: expected at least two classes but got ${classNames.length}`);
  const wholes = classNames.map((_, index) => {
    const whole = Float64Array.from(descriptions[index] as Float32Array);
    for (const ofTemplate of sums) addTo(whole, ofTemplate[index] as Float32Array, 1);
    return whole;
  });
  const cosines = wholes.map((whole) => cosine(row, whole));
  const [best, second] = firstTwo(cosines);
  const part = (vectors: readonly Float32Array[]) =>
    dot(row, vectors[best] as Float32Array) / length(wholes[best]) -
    dot(row, vectors[second] as Float32Array) / length(wholes[second]);
  const votes = templates.map((template, index) => {
    const ofTemplate = sums[index] as readonly Float32Array[];
    const alone = ofTemplate.map((sum) => cosine(row, sum));
    const [first, next] = firstTwo(alone);
    return {
      template,
      label: classNames[first] as string,
      similarity: alone[first] as number,
      probability: softmax(Float32Array.from(alone), logitScale)[first] as number,
      margin: (alone[first] as number) - (alone[next] as number),
      contribution: part(ofTemplate),
      labelWithout: labelWithout(ofTemplate),
    };
  });
  const label = classNames[best] as string;
  return {
    label,
    second: classNames[second] as string,
    lead: (cosines[best] as number) - (cosines[second] as number),
    descriptions: part(descriptions),
    agreement: votes.filter((vote) => vote.label === label).length / votes.length,
    votes,
  };

  function labelWithout(ofTemplate: readonly Float32Array[]): string | undefined {
    const hasOthers = templates.length > 1 || descriptions.every((sum) => length(sum) > 0);
    if (!hasOthers) return undefined;
    const rest = wholes.map((whole, index) => {
      const left = Float64Array.from(whole);
      addTo(left, ofTemplate[index] as Float32Array, -1);
      return cosine(row, left);
    });
    return classNames[firstTwo(rest)[0]];
  }
}

function cosine(row: Float32Array, sum: Float32Array | Float64Array): number {
  return dot(row, sum) / length(sum);
}

function length(vector: Float32Array | Float64Array | undefined): number {
  return Math.hypot(...(vector ?? []));
}

/** Where the largest value and the second largest are; of equal ones the earlier. */
function firstTwo(values: readonly number[]): [number, number] {
  let [first, second] = [-1, -1];
  for (const [index, value] of values.entries()) {
    if (first < 0 || value > (values[first] as number)) [first, second] = [index, first];
    else if (second < 0 || value > (values[second] as number)) second = index;
  }
  return [first, second];
}
