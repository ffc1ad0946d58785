import type { Ask } from '../../common/context.js';

const DOCUMENT = `query Diseases($after: ID) {
  diseases(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`;

interface Data {
  diseases: {
    nodes: { id: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  } | null;
}

/** Asks the catalog for the ids of all diseases: some two hundred. @throws {SubgraphUnavailable} */
export async function knownDiseases(ask: Ask): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (let after: string | null = null; ; ) {
    const { diseases }: Data = await ask<Data>('catalog', DOCUMENT, { after });
    for (const { id } of diseases?.nodes ?? []) known.add(id);
    if (!diseases?.pageInfo.hasNextPage) return known;
    after = diseases.pageInfo.endCursor;
  }
}
