/** Unit vectors side by side. */
export type Matrix = {
  /** [count, embedDim] in C order */
  readonly rows: Float32Array;
  readonly embedDim: number;
};
