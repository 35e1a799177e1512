import {
  ringbackCommunication,
  ringbackProfile,
  ringbackService,
} from '../../workflows/search-attributes.ts';

/** What operators find a workflow by, whatever its kind; null for what it has not. */
export function communicationAttributes(owner: {
  serviceId: string | null;
  profile: string | null;
  communicationId: string | null;
}) {
  const all = [
    { key: ringbackService, value: owner.serviceId },
    { key: ringbackProfile, value: owner.profile },
    { key: ringbackCommunication, value: owner.communicationId },
  ];
  return all.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));
}
