// A process of its own for a part of a benchmark, asked and answered by messages.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Child = { pid: number; ask<T>(question: object): Promise<T>; stop(): Promise<void> };

export function startChild(file: URL, args: readonly string[] = []): Child {
  const path = fileURLToPath(file);
  const child: ChildProcess = fork(path, [...args], { execArgv: ['--import', 'tsx', '--no-warnings'] });
  let last = 0;
  const open = new Map<number, { resolve(answer: unknown): void; reject(cause: Error): void }>();
  child.on('message', ({ id, answer, error }: { id: number; answer: unknown; error?: string }) => {
    const waiting = open.get(id);
    open.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(`${path}: ${error}`));
  });
  child.on('exit', (code) => {
    for (const waiting of open.values()) waiting.reject(new Error(`${path} ended with ${code}`));
  });
  return {
    pid: child.pid ?? 0,
    ask: <T>(question: object) =>
      new Promise<T>((resolve, reject) => {
        last += 1;
        open.set(last, { resolve: (answer) => resolve(answer as T), reject });
        child.send({ id: last, ...question }, (error) => error && reject(error));
      }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** In the child: answers each question by its kind. */
export function answerQuestions(answers: Readonly<Record<string, (question: never) => unknown>>): void {
  process.on('message', ({ id, kind, ...question }: { id: number; kind: string }) => {
    void (async () => {
      try {
        process.send?.({ id, answer: await answers[kind]?.(question as never) });
      } catch (cause) {
        process.send?.({ id, error: String(cause) });
      }
    })();
  });
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
}
