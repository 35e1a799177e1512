// The receivers' examples, each run by its own language, must take what we sign and refuse everything else.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signWebhook } from '../../src/signing/standard-webhooks.ts';

const examples = fileURLToPath(new URL('../../docs/examples/', import.meta.url));

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const oldSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const timestampSeconds = Math.floor(Date.now() / 1000);
const body = '{"id": "1", "to": "Zo\\u00eb", "status": "delivered"} ✓';
const id = '0e9d3b3c-6f0a-4f6e-9a53-0c5a7e2b1f10';
const signed = (secrets: string[], at = timestampSeconds) => ({
  id,
  timestamp: String(at),
  signature: signWebhook(secrets, { id, timestampSeconds: at, body: Buffer.from(body) }),
  body,
});
const cases = [
  { ...signed([secret]), expected: true },
  { ...signed([oldSecret, secret]), expected: true },
  { ...signed([secret]), body: body.replace('delivered', 'Delivered'), expected: false },
  { ...signed([secret]), id: `${id}0`, expected: false },
  { ...signed([oldSecret]), expected: false },
  { ...signed([secret], timestampSeconds - 900), expected: false },
  { ...signed([secret], timestampSeconds + 900), expected: false },
  { ...signed([secret]), signature: '', expected: false },
  { ...signed([secret]), timestamp: 'now', expected: false },
];
// One line each, fields in Base64, so that every language reads them without a JSON library.
const input = cases
  .map((each) =>
    [each.id, each.timestamp, each.signature, each.body]
      .map((text) => Buffer.from(text).toString('base64'))
      .join('|'),
  )
  .join('\n');
const expected = cases.map((each) => String(each.expected)).join('\n');

const languages = [
  {
    name: 'JavaScript',
    probe: ['node', '--version'],
    file: 'receiver.mjs',
    driver: 'driver.mjs',
    run: ['node', 'driver.mjs'],
    source: `import { readFileSync } from 'node:fs';
      import { verify } from './receiver.mjs';
      for (const line of readFileSync(0, 'utf8').split('\\n')) {
        const [id, timestamp, signature, body] = line.split('|').map((field) => Buffer.from(field, 'base64'));
        const headers = { 'webhook-id': String(id), 'webhook-timestamp': String(timestamp), 'webhook-signature': String(signature) };
        console.log(verify('${secret}', headers, body));
      }`,
  },
  {
    name: 'Python',
    probe: ['python3', '--version'],
    file: 'verify.py',
    driver: 'driver.py',
    run: ['python3', 'driver.py'],
    source: `import base64, sys
from verify import verify
for line in sys.stdin.read().split("\\n"):
    webhook_id, timestamp, signature, body = (base64.b64decode(field) for field in line.split("|"))
    headers = {"webhook-id": webhook_id.decode(), "webhook-timestamp": timestamp.decode(), "webhook-signature": signature.decode()}
    print(str(verify("${secret}", headers, body)).lower())
`,
  },
  {
    name: 'Java',
    probe: ['javac', '-version'],
    file: 'Verify.java',
    driver: 'Driver.java',
    run: ['sh', '-c', 'javac Verify.java Driver.java && java -XX:TieredStopAtLevel=1 -cp . Driver'],
    source: `import java.time.Instant;
      import java.util.Base64;
      import java.util.Map;
      final class Driver {
        public static void main(String[] arguments) throws Exception {
          for (String line : new String(System.in.readAllBytes()).split("\\n")) {
            String[] fields = line.split("\\\\|", -1);
            byte[][] raw = new byte[4][];
            for (int place = 0; place < 4; place++) raw[place] = Base64.getDecoder().decode(fields[place]);
            Map<String, String> headers = Map.of("webhook-id", new String(raw[0]), "webhook-timestamp", new String(raw[1]), "webhook-signature", new String(raw[2]));
            System.out.println(Verify.verify("${secret}", headers, raw[3], Instant.now()));
          }
        }
      }`,
  },
  {
    name: 'Go',
    probe: ['go', 'version'],
    file: 'verify.go',
    driver: 'driver.go',
    run: ['go', 'run', 'verify.go', 'driver.go'],
    source: `package main
      import (
        "encoding/base64"
        "fmt"
        "io"
        "net/http"
        "os"
        "strings"
        "time"
      )
      func main() {
        input, _ := io.ReadAll(os.Stdin)
        for _, line := range strings.Split(string(input), "\\n") {
          var raw [4][]byte
          for place, field := range strings.Split(line, "|") {
            raw[place], _ = base64.StdEncoding.DecodeString(field)
          }
          headers := http.Header{}
          headers.Set("webhook-id", string(raw[0]))
          headers.Set("webhook-timestamp", string(raw[1]))
          headers.Set("webhook-signature", string(raw[2]))
          fmt.Println(Verify("${secret}", headers, raw[3], time.Now()))
        }
      }`,
  },
];

const isInstalled = ([command = '', ...args]: string[]): boolean => spawnSync(command, args).status === 0;

for (const { name, probe, file, driver, source, run } of languages) {
  if (!isInstalled(probe)) {
    console.error(`${probe[0] ?? name} is not installed: docs/examples/${file} was not run.`);
    continue;
  }
  test(`the ${name} example takes what we sign, also during a rotation, and refuses what was changed or is too old`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringback-example-'));
    try {
      copyFileSync(join(examples, file), join(folder, file));
      writeFileSync(join(folder, driver), source);
      const [command = '', ...args] = run;

      const { stdout, stderr } = spawnSync(command, args, { cwd: folder, input, encoding: 'utf8' });

      expect({ answers: stdout.trim(), stderr }).toEqual({ answers: expected, stderr: '' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
}
