// `npm run build`: dist/ as the container runs it — compiled, with the SQL beside its code and the workflows bundled.
import { spawnSync } from 'node:child_process';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from '../temporal/workflow-bundle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const out = join(root, 'dist');
const beside = ['src/db/migrations', 'src/embedded/process/reaper.mjs', 'src/embedded/temporal-server/go'];

await rm(out, { recursive: true, force: true });
const { status } = spawnSync('npx', ['tsc', '-p', 'src/main/tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
for (const path of beside) await cp(join(root, path), join(out, path), { recursive: true });
const { code } = await bundleWorkflows();
await writeFile(join(out, 'workflow-bundle.js'), code);
console.log('Built dist/.');
