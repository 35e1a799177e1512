import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('npm start with a wrong configuration lists every wrong variable at once and exits with 78', () => {
  const home = mkdtempSync(join(tmpdir(), 'ringback-config-'));

  const { status, stderr } = spawnSync('npm', ['start', '--silent'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      RINGBACK_HOME: home,
      PORT: 'eighty',
      ROLE: 'boss',
      EGRESS_ALLOW: '10.0.0.0/99',
      RINGBACK_SECRET_KEYS: 'a-secret-in-the-wrong-form',
    },
  });

  rmSync(home, { recursive: true, force: true });
  expect(status).toBe(78);
  for (const name of ['PORT', 'ROLE', 'EGRESS_ALLOW', 'RINGBACK_SECRET_KEYS']) expect(stderr).toContain(name);
  expect(stderr).not.toContain('a-secret-in-the-wrong-form');
}, 60_000);
