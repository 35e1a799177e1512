// The bodies' bytes are those of Python's json module: Python itself is asked.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { gcNotify } from '../../src/profiles/gc-notify.ts';
import { govukNotify } from '../../src/profiles/govuk-notify.ts';
import { pythonJson } from '../../src/profiles/python-json.ts';

const program = 'import json, sys\nfor each in json.load(sys.stdin): print(json.dumps(each))';

/** `json.dumps` of each value, by Python. */
function dumps(values: readonly unknown[]): string[] {
  const { status, stdout, stderr, error } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(values),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    throw new Error(
      `Python could not be asked: install Python 3 as python3. It said: ${error?.message ?? stderr}`,
    );
  return stdout.trimEnd().split('\n');
}

// Whatever the API lets through: lone surrogates and U+0000 are refused at the door.
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom(
      '\u2028\u2029',
      '\u007f',
      '😀',
      '\ufeff',
      '\uffff',
      '</script>',
      '\\u0041',
      '\u0001\u001f',
    ),
  )
  .filter((value) => value.isWellFormed() && !value.includes('\u0000'));

test('any stored text has the bytes that Python gives it', () => {
  const samples = fc.sample(
    fc.record({ reference: text, number: fc.integer(), nothing: fc.constant(null) }),
    3000,
  );
  const ours = samples.map((sample) => pythonJson(Object.entries(sample)));
  expect(ours).toEqual(dumps(samples));
});

test('whole bodies have the bytes that Python gives them', () => {
  const facts = fc.record({
    id: fc.uuid(),
    reference: fc.option(text),
    to: text,
    status: fc.constantFrom('delivered', 'permanent-failure'),
    statusDescription: fc.option(text),
    providerResponse: fc.option(text),
    createdAt: fc.constant('2026-06-15T11:30:00.123456Z'),
    completedAt: fc.option(fc.constant('2026-06-15T11:30:05.654321Z')),
    sentAt: fc.constant(null),
    notificationType: fc.constantFrom('sms', 'email'),
    templateId: fc.option(fc.uuid()),
    templateVersion: fc.option(fc.nat()),
  });
  const samples = fc.sample(facts, 500);
  for (const { deliveryStatusBody } of [gcNotify, govukNotify]) {
    const bodies = samples.map(deliveryStatusBody);
    expect(bodies).toEqual(dumps(bodies.map((body) => JSON.parse(body) as unknown)));
  }
});
