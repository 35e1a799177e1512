/** The workflows, bundled once for all test files: what a worker takes as its `workflowBundle`. */
export function testBundle(): { codePath: string } {
  const codePath = process.env['RINGBACK_TEST_BUNDLE'];
  if (!codePath) throw new Error('Run the tests by `npm run jest`, which bundles the workflows first.');
  return { codePath };
}
