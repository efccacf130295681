/** As Ajv reports them. */
type SchemaFault = { instancePath: string; message?: string; params: Record<string, unknown> };

/** What a schema refuses, in words: Ajv's, and the name of what nobody knows. @param part `body`, `querystring` or `params` */
export function schemaFault(faults: readonly SchemaFault[], part: string): Error {
  const texts = faults.map(({ instancePath, message = 'is not what was expected', params }) => {
    const { additionalProperty: name } = params;
    return `${part}${instancePath} ${name === undefined ? message : `has '${String(name).slice(0, 100)}', which nobody knows`}`;
  });
  return new Error(`expected what /openapi.json says but ${texts.join(', ')}`);
}
