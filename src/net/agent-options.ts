/** How a connection is used and kept, wherever it leads. */
export const agentOptions = {
  pipelining: 1,
  // Shorter than any receiver's usual patience with an idle connection (gunicorn's is 2 s), else a request meets the
  // close half way and is lost unseen. Up to a second undici keeps time exactly, beyond that to a second or so.
  keepAliveTimeout: 1_000,
  // A receiver may ask for less, not for more.
  keepAliveMaxTimeout: 1_000,
  maxHeaderSize: 32 * 1024,
  // The sender has one deadline for the whole exchange.
  headersTimeout: 0,
  bodyTimeout: 0,
} as const;
