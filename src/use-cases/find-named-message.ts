import type { NamedMessage, ReceiptScope, ReceiptStore } from '../ports/index.ts';
import type { Provider } from '../providers/index.ts';

export type FoundMessage =
  | { kind: 'one'; message: NamedMessage }
  | { kind: 'none' }
  /** Several services of one account have used the reference, so that nobody knows whose it is. */
  | { kind: 'ambiguous'; notificationIds: string[] };

/** The message that a receipt names; services that nobody has proven to speak for come after those of the account. */
export async function findNamedMessage(
  receipts: Pick<ReceiptStore, 'find'>,
  { name: provider, namesBy }: Pick<Provider, 'name' | 'namesBy'>,
  reference: string,
  { serviceIds, uncheckedServiceIds }: ReceiptScope,
): Promise<FoundMessage> {
  const name = { provider, namesBy, reference };
  const found = await receipts.find(name, [...serviceIds, ...uncheckedServiceIds]);
  for (const own of [new Set(serviceIds), new Set(uncheckedServiceIds)]) {
    const messages = found.filter(({ serviceId }) => own.has(serviceId));
    const [message] = messages;
    if (messages.length > 1)
      return { kind: 'ambiguous', notificationIds: messages.map(({ notificationId }) => notificationId) };
    if (message) return { kind: 'one', message };
  }
  return { kind: 'none' };
}
