import { types } from 'node:util';

// `instanceof Error` is not enough: errors of Node's own modules are of another realm inside Jest.
function isError(value: unknown): value is Error {
  return types.isNativeError(value);
}

/** One line for a log or another error's sentence; connection errors of several addresses carry theirs inside. */
export function errorText(error: unknown): string {
  if (!isError(error)) return String(error);
  if (error.message === '' && 'errors' in error && Array.isArray(error.errors)) {
    return error.errors.map(errorText).join('; ');
  }
  const cause = error.cause === undefined ? '' : ` (${errorText(error.cause)})`;
  return `${error.message}${cause}`;
}

/** What went wrong as the thrower numbered or named it (`ENOENT`, an SQLSTATE, a gRPC status); undefined without. */
export function errorCode(error: unknown): unknown {
  return isError(error) && 'code' in error ? error.code : undefined;
}

export function hasErrorCode(error: unknown, code: string | number): boolean {
  return errorCode(error) === code;
}
