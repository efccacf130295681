/** A row of an index and its cosine with a query, -1 to 1. */
export type Neighbour = { row: number; similarity: number };

/**
 * Keeps the `most` rows of the highest similarity out of those that come along by ascending row, so of equal ones the earlier
 * stays. A binary heap, the worst kept row on top: a row that is not good enough costs one comparison.
 */
export class BestRows {
  readonly #similarities: Float64Array;
  readonly #rows: Float64Array;
  #count = 0;

  constructor(most: number) {
    this.#similarities = new Float64Array(most);
    this.#rows = new Float64Array(most);
  }

  /** Whether a row that comes now would be kept; NaN never is. */
  takes(similarity: number): boolean {
    if (this.#count < this.#rows.length) return !Number.isNaN(similarity);
    return this.#count > 0 && similarity > (this.#similarities[0] as number);
  }

  /** Keeps a row that `takes` agrees to, instead of the worst where all places are taken. */
  add(row: number, similarity: number): void {
    if (this.#count < this.#rows.length) this.#rise(this.#count++, row, similarity);
    else this.#sink(row, similarity);
  }

  /** The kept rows, the best first, equal ones by row. */
  sorted(): Neighbour[] {
    const kept = Array.from({ length: this.#count }, (_, place) => ({
      row: this.#rows[place] as number,
      similarity: this.#similarities[place] as number,
    }));
    return kept.sort((one, other) => other.similarity - one.similarity || one.row - other.row);
  }

  #rise(from: number, row: number, similarity: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isWorse(row, similarity, parent)) break;
      this.#copy(parent, place);
      place = parent;
    }
    this.#set(place, row, similarity);
  }

  #sink(row: number, similarity: number): void {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#count) break;
      const other = child + 1;
      if (other < this.#count && this.#isWorse(this.#rows[other] as number, this.#similarities[other] as number, child))
        child = other;
      if (this.#isWorse(row, similarity, child)) break;
      this.#copy(child, place);
      place = child;
    }
    this.#set(place, row, similarity);
  }

  /** Whether a row comes after that of a place. */
  #isWorse(row: number, similarity: number, place: number): boolean {
    const there = this.#similarities[place] as number;
    return similarity < there || (similarity === there && row > (this.#rows[place] as number));
  }

  #copy(from: number, to: number): void {
    this.#set(to, this.#rows[from] as number, this.#similarities[from] as number);
  }

  #set(place: number, row: number, similarity: number): void {
    this.#rows[place] = row;
    this.#similarities[place] = similarity;
  }
}
