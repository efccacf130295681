/** A way to part the pictures, as the user annotated them. Nothing here is inferred from a picture. */
export type Grouping = {
  /** The column, or several joined by +. */
  attribute: string;
  groups: readonly string[];
  /** Each picture's index into `groups`; -1 where it has no annotation. */
  of: Int32Array;
};

/**
 * @param values each picture's group; an empty one is no annotation
 * @throws RangeError where no picture has a group
 */
export function groupingOf(attribute: string, values: readonly string[]): Grouping {
  const groups = [...new Set(values)].filter((value) => value !== '').sort();
  if (groups.length === 0)
    throw new RangeError(`Cannot group by '${attribute}': expected groups but its column is empty everywhere`);
  const indices = new Map(groups.map((group, index) => [group, index]));
  return { attribute, groups, of: Int32Array.from(values, (value) => indices.get(value) ?? -1) };
}

/** Every picture's group where several columns are crossed: 'woman, 20-29'. A picture that lacks one of them has none. */
export function crossedValues(columns: readonly (readonly string[])[]): string[] {
  const [first = []] = columns;
  return first.map((_, row) => {
    const values = columns.map((column) => column[row] as string);
    return values.includes('') ? '' : values.join(', ');
  });
}

/** How many pictures each group has. */
export function groupSizes({ groups, of }: Grouping): { group: string; count: number }[] {
  const counts = groups.map(() => 0);
  for (const group of of) if (group >= 0) counts[group] = (counts[group] as number) + 1;
  return groups.map((group, index) => ({ group, count: counts[index] as number }));
}
