/** Every way in which Ringback refuses or fails; the HTTP and activity edges each hold one table from these codes. */
export type ErrorCode =
  | 'INVALID_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** One wrong field: `path` as the caller wrote it (`filter.statuses.0`), `message` saying what would be right. */
export type FieldError = { path: string; message: string };

/** A refusal or failure that a caller may see: `message` never holds a secret, a recipient or internal text. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];
  /** When to repeat the request; null where it says nothing of that. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; fields?: readonly FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

export function invalidField(path: string, message: string): AppError {
  return invalidFields([{ path, message }]);
}

/** All that is wrong at once; there must be something. */
export function invalidFields(fields: readonly FieldError[]): AppError {
  const detail = fields.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new AppError('INVALID_INPUT', detail, { fields });
}

export function notFound(what: string): AppError {
  return new AppError('NOT_FOUND', `There is no such ${what}.`);
}
