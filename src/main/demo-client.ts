/** The calls of the demo, each printed as a person would make it. */
export function createDemoClient(baseUrl: string, say: (line: string) => void) {
  return async function call<T>(token: string, method: string, path: string, body?: object): Promise<T> {
    say(`→ ${method} ${path}${body ? ` ${JSON.stringify(body)}` : ''}`);
    const answer = await fetch(baseUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    const shown = text.replace(/"key":"[^"]+"/, '"key":"…"');
    say(`← ${answer.status} ${shown.length > 400 ? `${shown.slice(0, 400)}…` : shown}`);
    return JSON.parse(text) as T;
  };
}

export type DemoClient = ReturnType<typeof createDemoClient>;
