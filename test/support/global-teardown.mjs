/** Ends what global-setup.mjs started, in the same process. */
// eslint-disable-next-line import-x/no-default-export -- how Jest finds it
export default async function tearDown() {
  await globalThis.ringbackTestServers?.stop();
}
