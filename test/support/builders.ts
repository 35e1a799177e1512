// Valid values of every kind, of which a test names only what it is about.
import { v7 as uuidv7 } from 'uuid';
import type { Notification } from '../../src/domain/notifications/notification.schema.ts';
import type { Service } from '../../src/domain/access/service.schema.ts';
import type { CallbackSettings } from '../../src/domain/callbacks/callback-settings.ts';
import type { NewNotification, StoredApiKey } from '../../src/ports/index.ts';

export function aService(changes: Partial<Service> = {}): Service {
  return {
    id: uuidv7(),
    name: 'Parking permits',
    profile: 'govuk-notify',
    notification_list: ['ops@example.com'],
    created_at: '2026-06-15T11:30:00.123456Z',
    ...changes,
  };
}

export function anApiKey(changes: Partial<StoredApiKey> = {}): StoredApiKey {
  return {
    id: uuidv7(),
    serviceId: uuidv7(),
    name: 'production',
    keyType: 'live',
    sealedSecret: Buffer.from('sealed'),
    ...changes,
  };
}

export function callbackSettings(changes: Partial<CallbackSettings> = {}): CallbackSettings {
  return {
    url: 'https://example.com/callbacks',
    auth: null,
    clientCertificate: null,
    signing: null,
    policy: { attempts: 5, intervalSeconds: 300, timeoutSeconds: 120 },
    filter: {},
    notificationList: [],
    warnAfterAttempts: null,
    maxInFlight: 16,
    ratePerSecond: null,
    ...changes,
  };
}

function aNotification(changes: Partial<Notification> = {}): Notification {
  return {
    id: uuidv7(),
    service_id: uuidv7(),
    key_type: 'live',
    reference: 'order-1',
    to: 'person@example.com',
    notification_type: 'email',
    status: 'created',
    template_id: null,
    template_version: null,
    template_name: null,
    provider: null,
    provider_reference: null,
    created_at: '2026-06-15T11:30:00.123456Z',
    sent_at: null,
    completed_at: null,
    sent_by: null,
    spreadsheet_file_name: null,
    spreadsheet_row_number: null,
    upload_letter_file_name: null,
    callback_url: null,
    ...changes,
  };
}

export function aNewNotification(changes: Partial<Notification> = {}, digest = 'digest'): NewNotification {
  return { notification: aNotification(changes), requestDigest: Buffer.from(digest.padEnd(32, '.')) };
}
