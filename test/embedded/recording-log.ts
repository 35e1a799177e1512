import type { EmbeddedLog } from '../../src/embedded/process/embedded-log.ts';

export type RecordingLog = EmbeddedLog & { messages: string[] };

export function recordingLog(): RecordingLog {
  const messages: string[] = [];
  const record = (_details: object, message: string): void => void messages.push(message);
  return { messages, info: record, warn: record, error: record };
}
