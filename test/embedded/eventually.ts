import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is yes; fails after `timeoutMs`. */
export async function eventually(isSo: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    await sleep(25);
    if (Date.now() > deadline)
      throw new Error(`It did not come true within ${timeoutMs} ms: ${isSo.toString()}`);
  }
}
