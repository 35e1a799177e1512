import { variableOf, type MessageFacts } from '../../src/domain/campaigns/message-variables.ts';

const facts = (changes: Partial<MessageFacts> = {}): MessageFacts => ({
  event: 'message_sent',
  communicationId: '4711',
  batchId: '90210',
  messageId: '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10',
  attributes: { studentId: '00123456', year: 2, isNew: true, nothing: null },
  environment: { campaignEnvVar: 'from the campaign', studentId: 'hidden' },
  eventVariables: {},
  names: {},
  ...changes,
});
const valueOf = (name: string, changes: Partial<MessageFacts> = {}) => variableOf(facts(changes), name);

describe('A variable of a callback’s URL', () => {
  it('is a member attribute, whatever flat thing that is', () => {
    expect(['studentId', 'year', 'isNew'].map((name) => valueOf(name))).toEqual(['00123456', '2', 'true']);
  });

  it('is a variable of the campaign, unless the member has an attribute of that name', () => {
    expect(valueOf('campaignEnvVar')).toBe('from the campaign');
    expect(valueOf('studentId')).toBe('00123456');
  });

  it('is the communication’s, the batch’s or the message’s own id', () => {
    expect(['communicationId', 'batchId', 'id'].map((name) => valueOf(name))).toEqual([
      '4711',
      '90210',
      '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10',
    ]);
  });

  it('is the member’s own id where the attributes have one, and then memberId is the message’s', () => {
    const attributes = { id: 'M-17' };
    expect(valueOf('id', { attributes })).toBe('M-17');
    expect(valueOf('memberId', { attributes })).toBe('9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10');
    expect(valueOf('memberId')).toBeNull();
  });

  it('is what the event says, under its name or under another that was given to it', () => {
    const eventVariables = { messageStatus: 'undelivered', errorCode: '30003' };
    const names = { errorCode: 'ErrorCode' };
    expect(valueOf('messageStatus', { eventVariables, names })).toBe('undelivered');
    expect(valueOf('ErrorCode', { eventVariables, names })).toBe('30003');
    expect(valueOf('errorCode', { eventVariables, names })).toBeNull();
  });

  it('cannot be hidden by an attribute where the event or Dispatch itself names it', () => {
    const attributes = { batchId: 'x', messageStatus: 'x' };
    expect(valueOf('batchId', { attributes })).toBe('90210');
    expect(valueOf('messageStatus', { attributes, eventVariables: { messageStatus: 'sent' } })).toBe('sent');
  });

  it.each(['nobody', 'nothing', 'toString', '__proto__', 'constructor'])('is none for %s', (name) => {
    expect(valueOf(name)).toBeNull();
  });

  it('has no id when it is told of a batch', () => {
    expect(valueOf('id', { event: 'communication_complete', messageId: null, attributes: {} })).toBeNull();
  });
});
