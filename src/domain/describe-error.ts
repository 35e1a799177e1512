// What of an error goes into a log. Errors of drivers and clients hold all that they know of the exchange: parameters,
// rows, recipients, URLs with tokens, answers. So the fields that may be written are named, not those that may not.

/** Neither can hold a value: a code names the kind of failure, a constraint a rule of the schema. */
const plainFields = ['code', 'constraint'] as const;
const maxDepth = 5;

/** Type, message, code and place of an error, and the same of its causes; anything else is given back as it is. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!isError(error)) return error;
  const { name, cause, errors } = error;
  const inner = { ...(isError(cause) && { cause }), ...(Array.isArray(errors) && { errors }) };
  return {
    type: name,
    message: messageOf(error),
    ...Object.fromEntries(
      plainFields.flatMap((field) => (isPlain(error[field]) ? [[field, error[field]]] : [])),
    ),
    ...(depth < maxDepth && inner.cause && { cause: describeError(inner.cause, depth + 1) }),
    ...(depth < maxDepth && inner.errors && { errors: inner.errors.map(deeper(depth)) }),
    stack: framesOf(error.stack),
  };
}

const deeper =
  (depth: number) =>
  (error: unknown): unknown =>
    isError(error) ? describeError(error, depth + 1) : typeof error;

type ErrorLike = { name: string; message: string; stack: string } & Record<string, unknown>;

// By shape: Node's own errors are of another realm where code runs in a `vm` context, as tests do.
function isError(value: unknown): value is ErrorLike {
  if (typeof value !== 'object' || value === null) return false;
  const { name, message, stack } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof message === 'string' && typeof stack === 'string';
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** `JSON.parse` quotes what it was given. */
function messageOf({ name, message }: ErrorLike): string {
  return name === 'SyntaxError' ? message.replace(/".*"/s, '"…"').replace(/'.*'/s, "'…'") : message;
}

/** The stack begins with the message, which is written already. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
