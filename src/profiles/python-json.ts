type JsonValue = string | number | boolean | null;

/**
 * One flat object in the bytes of Python's `json.dumps` with its defaults, as the Notify systems send it: one line,
 * `", "` and `": "`, keys in the given order, everything outside space to tilde as `\uXXXX`.
 */
export function pythonJson(entries: readonly (readonly [string, JsonValue])[]): string {
  const members = entries.map(([key, value]) => `${pythonScalar(key)}: ${pythonScalar(value)}`);
  return `{${members.join(', ')}}`;
}

function pythonScalar(value: JsonValue): string {
  // JSON.stringify already escapes quotes, backslashes and everything below the space as Python does.
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
