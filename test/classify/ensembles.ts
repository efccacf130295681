import type { PromptEnsemble } from '../../src/classify/prompt-ensemble.ts';

/** An ensemble of unit vectors in a plane, given by their angles in degrees: [template][class]. */
export function planeEnsemble(angles: number[][], descriptions?: (number | undefined)[]): PromptEnsemble {
  const [first = []] = angles;
  return {
    classNames: first.map((_, index) => `class ${index}`),
    templates: angles.map((_, index) => `template ${index} {}`),
    sums: angles.map((ofTemplate) => ofTemplate.map(at)),
    descriptions: first.map((_, index) => {
      const angle = descriptions?.[index];
      return angle === undefined ? new Float32Array(2) : at(angle);
    }),
  };
}

/** The unit vector of an angle in degrees. */
export function at(degrees: number): Float32Array {
  const angle = (degrees * Math.PI) / 180;
  return Float32Array.of(Math.cos(angle), Math.sin(angle));
}
