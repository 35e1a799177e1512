import type { Pool } from 'pg';
import type { NotificationStore } from '../../ports/index.ts';

// Each way of naming a letter has an index of its own, which one condition with OR would not use. What many letters are
// called is looked at no further than is asked for, and never among another service's.
const statement = (isOwn: string): string => {
  const letters = (condition: string): string =>
    `(SELECT n.id, n.service_id FROM notifications n
      WHERE ${condition} AND n.notification_type = 'letter'${isOwn} LIMIT $2)`;
  return `
  SELECT l.id, l.service_id, w.place::integer AS place
  FROM unnest($1::text[]) WITH ORDINALITY AS w (reference, place)
  CROSS JOIN LATERAL (
    ${letters('n.provider_reference = w.reference')}
    UNION
    ${letters('n.reference = w.reference')}
    UNION
    ${letters(`n.id = CASE WHEN w.reference ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN w.reference::uuid END`)}
  ) l
  LIMIT $2`;
};

const ofOneService = {
  name: 'find-own-letters',
  text: statement(' AND n.service_id = $3 AND n.key_type = ANY ($4::text[])'),
};
const ofAll = { name: 'find-letters', text: statement('') };

export function createFindLetters(pool: Pool): NotificationStore['findLetters'] {
  return async (references, scope, most) => {
    const { rows } = await pool.query<{ id: string; service_id: string; place: number }>({
      ...(scope ? ofOneService : ofAll),
      values: [references, most, ...(scope ? [scope.serviceId, scope.keyTypes] : [])],
    });
    return rows.map(({ id, service_id: serviceId, place }) => ({
      ...{ id, serviceId },
      reference: references[place - 1] ?? '',
    }));
  };
}
