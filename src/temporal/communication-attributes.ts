import {
  ringbackCommunication,
  ringbackProfile,
  ringbackService,
} from '../../workflows/search-attributes.ts';

/** What operators find a workflow by, whatever its kind. */
export function communicationAttributes(owner: {
  serviceId: string;
  profile: string;
  communicationId: string;
}) {
  return [
    { key: ringbackService, value: owner.serviceId },
    { key: ringbackProfile, value: owner.profile },
    { key: ringbackCommunication, value: owner.communicationId },
  ];
}
