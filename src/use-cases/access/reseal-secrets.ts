import type { SealedRow, SealedRows, SecretBox } from '../../ports/index.ts';

export type Resealing = {
  rows: number;
  seen: number;
  resealed: number;
  /** Rows that no key opens, and what was said about each. */
  failed: { place: string; reason: string }[];
};

/**
 * Seals everything anew that is not under the newest key. Each row is a step of its own, and what is done is recognised:
 * an interrupted run is continued by another. `onProgress` hears of every batch.
 */
export async function resealSecrets(
  { sealedRows, secrets }: { sealedRows: SealedRows; secrets: SecretBox },
  onProgress: (progress: Resealing) => void,
  batchSize = 200,
): Promise<Resealing> {
  const progress: Resealing = { rows: await sealedRows.count(), seen: 0, resealed: 0, failed: [] };
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
    const page: Awaited<ReturnType<SealedRows['page']>> = await sealedRows.page(cursor, batchSize);
    for (const row of page.rows) {
      const result = await resealRow(secrets, row);
      if (result === 'resealed') progress.resealed += 1;
      else if (result !== 'untouched') progress.failed.push({ place: row.place, reason: result.reason });
    }
    progress.seen += page.rows.length;
    onProgress(progress);
    cursor = page.nextCursor;
  }
  return progress;
}

async function resealRow(
  secrets: SecretBox,
  row: SealedRow,
): Promise<'resealed' | 'untouched' | { reason: string }> {
  if (row.secrets.every(({ sealed }) => secrets.isNewest(sealed))) return 'untouched';
  let sealedAnew: Uint8Array[];
  try {
    sealedAnew = row.secrets.map(({ sealed, context }) =>
      secrets.isNewest(sealed) ? sealed : secrets.seal(secrets.open(sealed, context), context),
    );
  } catch (cause) {
    // One secret whose key is lost must not keep the others under an old one.
    return { reason: cause instanceof Error ? cause.message : 'it does not open' };
  }
  // A row that was changed meanwhile was sealed by a running process, under the key that is its newest.
  return (await row.replace(sealedAnew))
    ? 'resealed'
    : { reason: 'it was changed meanwhile: run this again' };
}
