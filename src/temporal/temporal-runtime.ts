import { DefaultLogger, Runtime, makeTelemetryFilterString, type LogLevel } from '@temporalio/worker';

/** pino's shape, as far as this room needs it. */
export type TemporalLog = Record<
  'debug' | 'info' | 'warn' | 'error',
  (details: object, message: string) => void
>;

const levels: Readonly<Record<LogLevel, keyof TemporalLog>> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'debug',
  WARN: 'warn',
  ERROR: 'error',
};

// Two of a process's three workers take activities only, which the SDK takes for an oversight.
const expected = 'No workflows registered';

// The core warns of every workflow task that takes 5 s; a first attempt may hold its task for nearly as long.
/** The SDK's one runtime a process: its lines go to our log, and signals are ours to handle. Call it once, first. */
export function installTemporalRuntime(log: TemporalLog): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      if (!message.startsWith(expected)) log[levels[level]]({ ...meta }, message);
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR', other: 'WARN' }) },
    },
  });
}
