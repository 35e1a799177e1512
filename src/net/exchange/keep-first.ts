import { Buffer } from 'node:buffer';

/** Keeps the first `limit` bytes of what is pushed, in one buffer however small the pieces are. */
export function keepFirst(limit: number) {
  let kept: Buffer | null = null;
  let length = 0;
  let isOver = false;
  return {
    push(chunk: Uint8Array): void {
      const fitting = chunk.subarray(0, limit - length);
      kept ??= Buffer.allocUnsafeSlow(limit);
      kept.set(fitting, length);
      length += fitting.length;
      isOver ||= fitting.length < chunk.length;
    },
    isOver: () => isOver,
    bytes: () => new Uint8Array(kept?.subarray(0, length) ?? []),
  };
}
