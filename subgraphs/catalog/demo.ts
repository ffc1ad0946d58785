import type { Client } from 'pg';
import { DEMO_PARTNERS } from '../../gateway/identity/demo-people.js';
import type { Role } from '../common/identity.js';
import { hospitalId, inTransaction, upsert } from './import.js';
import { OrganisationKind } from './organisation/organisation.js';

const BY = 'demo';

/** Peking Union Medical College Hospital, which the demo's hospital partner answers for. */
export const DEMO_HOSPITAL_ID = hospitalId('中国医学科学院北京协和医院');

const KINDS: Partial<Record<Role, OrganisationKind>> = {
  SPONSOR: OrganisationKind.MANUFACTURER,
  HOSPITAL: OrganisationKind.HOSPITAL_GROUP,
  CARRIER: OrganisationKind.CARRIER,
  MERCHANT: OrganisationKind.MERCHANT,
};

/**
 * Makes the organisations that the demo's partners act for, and has one of them answer for a hospital. Doing it again
 * changes nothing. The catalog must have been imported.
 *
 * @param client a connection of the catalog's owner or an administrator, without a transaction
 */
export async function importDemoOrganisations(client: Client): Promise<void> {
  const rows = DEMO_PARTNERS.map(({ organisation, displayName, roles }) => ({
    id: organisation,
    kind: KINDS[roles[0] as Role],
    name: `${displayName} (demo)`,
    demo: true,
  }));
  const hospital = DEMO_PARTNERS.find(({ roles }) => roles.includes('HOSPITAL'));
  await inTransaction(client, async () => {
    await upsert(client, 'organisation', { kind: 'text', name: 'text', demo: 'boolean' }, rows, BY);
    await client.query(
      `update catalog.hospital set organisation_id = $2, version = version + 1, updated_at = now(), updated_by = $3
       where id = $1 and organisation_id is distinct from $2`,
      [DEMO_HOSPITAL_ID, hospital?.organisation, BY],
    );
  });
}

/**
 * Invents a price for every medicine that has none: whole yuan from 200 to 30,000, the same on every machine, marked as
 * the demo's.
 *
 * @param client a connection of the catalog's owner or an administrator, without a transaction
 * @returns how many prices were invented
 */
export async function setDemoPrices(client: Client): Promise<number> {
  return inTransaction(client, async () => {
    const { rowCount } = await client.query(
      `update catalog.medicine set price_demo = true, version = version + 1, updated_at = now(), updated_by = $1,
         price_fen = (200 + ('x' || substr(md5(id::text), 1, 7))::bit(28)::int % 29801) * 100
       where price_fen is null`,
      [BY],
    );
    return rowCount ?? 0;
  });
}
