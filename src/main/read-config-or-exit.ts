import { ConfigError, readConfig, type Config } from '../config.ts';

/** EX_CONFIG of sysexits.h: starting again will not help until the configuration is mended. */
const configExitCode = 78;

/** The configuration of this process; when it is wrong, all that is wrong goes to standard error and the process ends. */
export function readConfigOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    console.error(cause.message);
    process.exit(configExitCode);
  }
}
