/** Options of an audit that no data could make right. */
type Choices = {
  groups: readonly string[];
  templates: readonly string[];
  queries: readonly string[];
  thresholds: readonly number[];
  falseAccepts: number;
  coverage: number;
};

/** @throws RangeError that names what is unfit */
export function refuseUnfit({ groups, templates, queries, thresholds, falseAccepts, coverage }: Choices): void {
  refuseRepeated(groups, 'the group column');
  refuseRepeated(templates, 'the template');
  refuseRepeated(queries, 'the query');
  const empty = groups.find((group) => group.split('+').some((column) => column.trim() === ''));
  if (empty !== undefined)
    throw new RangeError(
      `Cannot audit: expected names of columns in --groups but got '${empty}'; e.g. gender,age,gender+age`,
    );
  if (templates.length === 0) throw new RangeError('Cannot audit: expected at least one template');
  const unfit = templates.find((template) => !template.includes('{}'));
  if (unfit !== undefined)
    throw new RangeError(`Cannot audit: expected {} where the label goes in the template '${unfit}'`);
  const outside = thresholds.find((threshold) => !(threshold > 0 && threshold < 1));
  if (outside !== undefined)
    throw new RangeError(
      `Cannot audit: expected thresholds above 0 and below 1, they are probabilities, but got ${outside}`,
    );
  if (!(coverage > 0 && coverage <= 1))
    throw new RangeError(
      `Cannot audit: expected a coverage above 0 and at most 1 but got ${coverage}; a share of 95 % is 0.95`,
    );
  if (!(falseAccepts >= 0 && falseAccepts < 1))
    throw new RangeError(
      `Cannot audit: expected a share of false accepts from 0 to below 1 but got ${falseAccepts}; a share of 5 % is 0.05`,
    );
}

/** @throws RangeError on a name that stands there twice */
export function refuseRepeated(names: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new RangeError(`Cannot audit: ${what} '${name}' is named twice`);
    seen.add(name);
  }
}
