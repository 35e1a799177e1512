import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

// What operators filter by in Temporal's UI. Given at the start, where they cost nothing; only the state is changed
// later, and only when something goes wrong, because every change is one more visibility write.
export const ringbackService = defineSearchAttributeKey('RingbackService', SearchAttributeType.KEYWORD);
export const ringbackProfile = defineSearchAttributeKey('RingbackProfile', SearchAttributeType.KEYWORD);
export const ringbackCommunication = defineSearchAttributeKey(
  'RingbackCommunication',
  SearchAttributeType.KEYWORD,
);
export const ringbackState = defineSearchAttributeKey('RingbackState', SearchAttributeType.KEYWORD);

export const searchAttributeNames = [
  ringbackService,
  ringbackProfile,
  ringbackCommunication,
  ringbackState,
].map(({ name }) => name);
