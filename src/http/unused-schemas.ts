import type { SwaggerTransformObject } from '@fastify/swagger';

type Document = ReturnType<SwaggerTransformObject>;

/** Every schema with an id becomes two components, as it is read and as it is written; those nobody refers to go. */
export function withoutUnusedSchemas(document: Document): Document {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const schemas = components?.schemas ?? {};
  const isUsed = (name: string): boolean => {
    const others = { ...schemas, [name]: undefined };
    const rest = { ...document, components: { ...components, schemas: others } };
    return JSON.stringify(rest).includes(`"#/components/schemas/${name}"`);
  };
  const used = Object.fromEntries(Object.entries(schemas).filter(([name]) => isUsed(name)));
  const cleaned = { ...document, components: { ...components, schemas: used } } as Document;
  const isDone = Object.keys(used).length === Object.keys(schemas).length;
  return isDone ? cleaned : withoutUnusedSchemas(cleaned);
}
