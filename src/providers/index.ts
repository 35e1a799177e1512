import { dvla } from './dvla.ts';
import { firetext } from './firetext.ts';
import { messagebox } from './messagebox.ts';
import { mmg } from './mmg.ts';
import { pinpoint } from './pinpoint.ts';
import type { Provider } from './provider.ts';
import { sap } from './sap.ts';
import { ses } from './ses.ts';
import { snsSms } from './sns-sms.ts';
import { spryng } from './spryng.ts';
import { withStorableReadings } from './storable-readings.ts';
import { telstra } from './telstra.ts';
import { twilio } from './twilio.ts';

export { hasTooManyFields, maxFields, pairsOf } from './form.ts';
export { onSuppressionList } from './ses.ts';
export type { InboundText, Proof, Provider, ProviderRequest, Receipt, Reply } from './provider.ts';

/** Every provider there is, by its name in URLs. */
export const providers: ReadonlyMap<string, Provider> = new Map(
  [mmg, firetext, ses, snsSms, pinpoint, twilio, telstra, sap, spryng, messagebox, dvla].map((provider) => [
    provider.name,
    withStorableReadings(provider),
  ]),
);
