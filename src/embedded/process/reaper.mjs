// Outlives a supervisor that is killed: its standard input closes then, and it ends the processes it was told of.
import { createInterface } from 'node:readline';

const pollMs = 50;
const patienceMs = 5_000;
const kept = new Map();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const send = (pid, signal) => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, pid, signal] = line.split(' ');
  if (verb === 'keep') kept.set(Number(pid), signal);
  else kept.delete(Number(pid));
}

// One after the other, the last started first: Temporal ends in a second, but not without its PostgreSQL.
for (const [pid, signal] of [...kept].reverse()) {
  const deadline = Date.now() + patienceMs;
  for (let isThere = send(pid, signal); isThere && Date.now() < deadline; isThere = send(pid, 0)) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  send(pid, 'SIGKILL');
}
