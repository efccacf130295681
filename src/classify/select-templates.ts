import { addTo, type PromptEnsemble } from './prompt-ensemble.ts';

export type TemplateSelection = {
  /** The chosen templates, in the order in which they were taken. */
  templates: string[];
  /** Accuracy of the ensemble when each of them had been added, 0 to 1. */
  accuracies: number[];
  /** Accuracy of each template of the ensemble alone. */
  alone: number[];
  /** Accuracy of all templates together. */
  all: number;
};

/**
 * Chooses templates by sequential forward selection, as OpenAI chose seven of ImageNet's eighty
 * (notebooks/Prompt_Engineering_for_ImageNet.ipynb): the template that makes the ensemble most accurate is added, until none makes
 * it more accurate. Of equally accurate ones the one with the larger mean lead of the right class is taken, then the earlier. A
 * picture counts as right where no other class has as large a cosine. The classes' descriptions are part of every ensemble.
 *
 * The accuracies are those of the pictures that chose, so they are too good: measure the choice on others.
 * Takes 4 · templates · pictures · classes bytes.
 * @param embeddings a unit vector [embedDim] per picture
 * @param labels the place of each picture's class in `ensemble.classNames`
 * @throws RangeError on no pictures, fewer than two classes, and labels that do not fit
 */
export function selectTemplates(
  ensemble: PromptEnsemble,
  embeddings: readonly Float32Array[],
  labels: readonly number[],
): TemplateSelection {
  const { classNames, templates, sums, descriptions } = ensemble;
  refuseUnfit(classNames.length, embeddings.length, labels);
  const products = sums.map((vectors) => productsOf(embeddings, vectors)); // [template] -> [pictures, classes]
  const chosen = {
    products: productsOf(embeddings, descriptions),
    wholes: descriptions.map((sum) => Float64Array.from(sum)),
  };
  const measureWith = (template: number) => {
    const norms = (sums[template] as readonly Float32Array[]).map((sum, index) =>
      lengthOfSum(chosen.wholes[index] as Float64Array, sum),
    );
    return measure(chosen.products, products[template] as Float32Array, norms, labels);
  };
  const take = (template: number) => {
    addTo(chosen.products, products[template] as Float32Array, 1);
    for (const [index, whole] of chosen.wholes.entries()) addTo(whole, sums[template]?.[index] as Float32Array, 1);
  };
  const left = new Set(templates.keys());
  const taken: number[] = [];
  const accuracies: number[] = [];
  let alone: number[] = [];
  while (left.size > 0) {
    const candidates = [...left].map((template) => ({ template, ...measureWith(template) }));
    if (taken.length === 0) alone = candidates.map(({ accuracy }) => accuracy);
    const best = candidates.reduce((one, other) =>
      other.accuracy > one.accuracy || (other.accuracy === one.accuracy && other.lead > one.lead) ? other : one,
    );
    if (best.accuracy <= (accuracies.at(-1) ?? -1)) break;
    take(best.template);
    left.delete(best.template);
    taken.push(best.template);
    accuracies.push(best.accuracy);
  }
  let all = accuracies.at(-1) as number;
  for (const template of left) {
    all = measureWith(template).accuracy; // the last one counts: then all are in it
    take(template);
  }
  return { templates: taken.map((template) => templates[template] as string), accuracies, alone, all };
}

/** Dot products [pictures, classes], row by row; divided by the length of a class's sum they are cosines. */
function productsOf(embeddings: readonly Float32Array[], vectors: readonly Float32Array[]): Float32Array {
  const products = new Float32Array(embeddings.length * vectors.length);
  let at = 0;
  for (const row of embeddings) {
    for (const vector of vectors) {
      let sum = 0;
      for (let i = 0; i < row.length; i++) sum += (row[i] as number) * (vector[i] as number);
      products[at++] = sum;
    }
  }
  return products;
}

function lengthOfSum(one: Float64Array, other: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < one.length; i++) squares += ((one[i] as number) + (other[i] as number)) ** 2;
  return Math.sqrt(squares);
}

/** How accurate the ensemble of two parts is, and the mean lead in cosine of the right class over the best other one. */
function measure(
  one: Float32Array,
  other: Float32Array,
  norms: readonly number[],
  labels: readonly number[],
): { accuracy: number; lead: number } {
  let [right, leads] = [0, 0];
  for (const [picture, label] of labels.entries()) {
    const start = picture * norms.length;
    let [own, rival] = [-1, -1];
    for (let index = 0; index < norms.length; index++) {
      const product = (one[start + index] as number) + (other[start + index] as number);
      const cosine = product / (norms[index] as number);
      if (index === label) own = cosine;
      else if (cosine > rival) rival = cosine;
    }
    if (own > rival) right++;
    leads += own - rival;
  }
  return { accuracy: right / labels.length, lead: leads / labels.length };
}

function refuseUnfit(classes: number, pictures: number, labels: readonly number[]): void {
  const refuse = (expected: string) => {
    throw new RangeError(`Cannot select templates: expected ${expected}`);
  };
  if (pictures === 0) refuse('at least one labelled picture but got none');
  if (classes < 2) refuse(`at least two classes but got ${classes}`);
  if (labels.length !== pictures) refuse(`a label for each of ${pictures} pictures but got ${labels.length}`);
  const unfit = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (unfit !== undefined) refuse(`labels from 0 to ${classes - 1} but got ${unfit}`);
}
