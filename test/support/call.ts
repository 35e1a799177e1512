export type Call = <T>(
  method: string,
  path: string,
  token: string,
  body?: object,
) => Promise<{ status: number; body: T }>;

/** JSON over HTTP, as a user of the API speaks it. */
export function createCall(baseUrl: string): Call {
  return async <T>(method: string, path: string, token: string, body?: object) => {
    const answer = await fetch(baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as T };
  };
}
