import { sendCallback, type SendPorts } from '../../activities/index.ts';
import type { SendTest } from '../ports/index.ts';

/** Sends as the attempts do, from whichever process is asked. */
export function createSendTest(ports: SendPorts): SendTest {
  const never = new AbortController().signal;
  return (job, callback) => sendCallback(ports, job, callback, never);
}
