// Whoever can reach Temporal can ask for anything, in any shape. What names nothing that the database could hold does not
// get there, where it would fail the statement that it shares with others.

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const maxInteger = 2 ** 31 - 1;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

export function isNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maxInteger;
}

export function isStatusKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { notificationId, sequence } = value as Partial<Record<string, unknown>>;
  return isId(notificationId) && isNumber(sequence);
}

/** The activity, but for what cannot be: that does nothing and is answered with `nothing`. */
export function onlyFor<Input, Output>(
  canBe: (input: unknown) => boolean,
  nothing: NoInfer<Output>,
  activity: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => (canBe(input) ? activity(input) : nothing);
}

/** As many as were asked for, within what one step may do. */
export function withinLimit(asked: unknown, most: number): number {
  return isNumber(asked) ? Math.min(Math.max(asked, 1), most) : 1;
}
