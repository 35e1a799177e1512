type Document = { components?: { schemas?: object } };

/** Every schema with an id becomes two components, as it is read and as it is written; those nobody refers to go. */
export function withoutUnusedSchemas<T extends Document>(document: T): T {
  const schemas = document.components?.schemas ?? {};
  const isUsed = (name: string): boolean => {
    const { [name]: _itself, ...others } = schemas as Record<string, unknown>;
    const rest = { ...document, components: { ...document.components, schemas: others } };
    return JSON.stringify(rest).includes(`"#/components/schemas/${name}"`);
  };
  const used = Object.entries(schemas).filter(([name]) => isUsed(name));
  const cleaned = { ...document, components: { ...document.components, schemas: Object.fromEntries(used) } };
  return used.length === Object.keys(schemas).length ? cleaned : withoutUnusedSchemas(cleaned);
}
