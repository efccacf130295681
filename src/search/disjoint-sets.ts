/** Rows in groups that only ever join (Tarjan 1975): each set is a tree of which the root is the lowest row. */
export class DisjointSets {
  readonly #parents: Uint32Array;

  /** Every row starts as a set of its own. */
  constructor(count: number) {
    this.#parents = Uint32Array.from({ length: count }, (_, row) => row);
  }

  /** The lowest row of the set that a row is in. */
  find(row: number): number {
    const parents = this.#parents;
    let root = row;
    while (parents[root] !== root) root = parents[root] as number;
    for (let place = row; place !== root; ) {
      const next = parents[place] as number;
      parents[place] = root; // the next search is one step
      place = next;
    }
    return root;
  }

  join(one: number, other: number): void {
    const [first, second] = [this.find(one), this.find(other)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }

  /** The sets of more than one row: rows ascending, sets by their lowest row. */
  groups(): number[][] {
    const groups = new Map<number, number[]>();
    for (let row = 0; row < this.#parents.length; row++) {
      const root = this.find(row);
      const group = groups.get(root);
      if (group) group.push(row);
      else groups.set(root, [row]);
    }
    return Array.from(groups.values()).filter((rows) => rows.length > 1);
  }
}
