import type { Buffer } from 'node:buffer';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  type BrotliDecompress,
  type Gunzip,
  type Inflate,
  type InflateRaw,
} from 'node:zlib';
import { keepFirst } from './keep-first.ts';

const maxBodyBytes = 16 * 1024;
// Nothing that is worth compressing needs more for 16 KiB. Without a limit of its own a compressed stream that holds
// nothing at all, empty block after empty block, would be inflated until the deadline.
const maxEncodedBytes = 2 * maxBodyBytes;

type Decoder = Gunzip | Inflate | InflateRaw | BrotliDecompress;

export type BodyCollector = {
  push(chunk: Buffer): void;
  /** The bytes to keep once no more come; `isWhole` says that the receiver ended its answer. */
  finish(isWhole: boolean): Promise<{ body: Uint8Array; truncated: boolean }>;
};

/**
 * Collects the first 16 KiB of a response body, counted after decompression, and calls `onEnough` when it has them.
 * A body whose encoding is unknown or broken is kept as it came.
 */
export function collectBody(contentEncoding: string, onEnough: () => void): BodyCollector {
  const raw = keepFirst(maxBodyBytes);
  const decoded = keepFirst(maxBodyBytes);
  let decoder: Decoder | null = null;
  let isDecodable = true;
  let isCutShort = false;
  let encodedBytes = 0;

  const startDecoder = (firstByte: number): Decoder | null => {
    const started = createDecoder(contentEncoding.trim().toLowerCase(), firstByte);
    started?.on('data', (chunk: Buffer) => {
      decoded.push(chunk);
      if (!decoded.isOver()) return;
      started.destroy();
      onEnough();
    });
    started?.on('error', (error: NodeJS.ErrnoException) => {
      // The stream ended too early; what came of it is good.
      if (error.code === 'Z_BUF_ERROR') isCutShort = true;
      else isDecodable = false;
      if (!isDecodable && raw.isOver()) onEnough();
    });
    return started;
  };

  return {
    push(chunk) {
      if (chunk.length === 0) return;
      if (encodedBytes === 0) {
        decoder = startDecoder(chunk[0] ?? 0);
        isDecodable = decoder !== null;
      }
      raw.push(chunk);
      const fresh = chunk.subarray(0, Math.max(0, maxEncodedBytes - encodedBytes));
      encodedBytes += chunk.length;
      if (isDecodable && decoder?.writable) decoder.write(fresh);
      if (isDecodable ? encodedBytes > maxEncodedBytes : raw.isOver()) onEnough();
    },
    async finish(isWhole) {
      if (decoder) await end(decoder);
      const isOver = decoded.isOver() || isCutShort || encodedBytes > maxEncodedBytes;
      return decoder && isDecodable
        ? { body: decoded.bytes(), truncated: !isWhole || isOver }
        : { body: raw.bytes(), truncated: !isWhole || raw.isOver() };
    },
  };
}

function createDecoder(encoding: string, firstByte: number): Decoder | null {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    case 'deflate':
      // By its name it has zlib's header, whose low bits are 8; some send the bare stream.
      return (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw();
    default:
      return null;
  }
}

/** Resolves when everything that was written has come out, or cannot. */
function end(decoder: Decoder): Promise<void> {
  return new Promise((resolve) => {
    if (decoder.closed) {
      resolve();
      return;
    }
    decoder.once('close', resolve);
    // A last chunk that meets an early end while it is decoded loses its output, so that the end comes after it.
    decoder.flush(() => {
      if (!decoder.destroyed) decoder.end();
    });
  });
}
