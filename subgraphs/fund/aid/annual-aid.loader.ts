import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { AnnualAid } from './annual-aid.js';

const BY_PATIENT_AND_YEAR = loggedStatement(
  'annual-aid',
  `select aid.patient_id as "patientId", coalesce(aid.cap_fen, (select annual_cap_fen from aid_policy where effective_from <= make_date(asked.year, 12, 31)
       order by effective_from desc limit 1)) as "capFen",
     coalesce(aid.granted_fen, 0) as "grantedFen", coalesce(aid.paid_fen, 0) as "paidFen"
   from unnest($1::uuid[], $2::int[]) with ordinality asked (patient, year, place)
   left join annual_aid aid on aid.patient_id = asked.patient and aid.aid_year = asked.year
   order by place`,
  { record: 'AnnualAid', id: '"patientId"', fields: ['cap', 'granted', 'paid', 'remaining'] },
);

interface Key {
  readonly patientId: string;
  readonly year: number;
}

/** What a patient has had of a year, in fen as text. */
export interface AidOfYear {
  readonly capFen: string;
  readonly grantedFen: string;
  readonly paidFen: string;
}

const shown = (year: number, { capFen, grantedFen, paidFen }: AidOfYear): AnnualAid => ({
  year,
  cap: money(capFen),
  granted: money(grantedFen),
  paid: money(paidFen),
  remaining: money(BigInt(capFen) - BigInt(grantedFen)),
});

/** Reads what patients have had and can still have of a year. Null before the first policy. */
export class AnnualAidLoader {
  private readonly loader: DataLoader<Key, AnnualAid | null, string>;

  constructor(session: Session) {
    this.loader = new DataLoader(
      async (keys) => {
        const values = [keys.map(({ patientId }) => patientId), keys.map(({ year }) => year)];
        const rows = await session.seen<AidOfYear | { capFen: null }>(BY_PATIENT_AND_YEAR, values);
        return rows.map((row, index) => (row.capFen === null ? null : shown((keys[index] as Key).year, row)));
      },
      { cacheKeyFn: ({ patientId, year }) => `${patientId}:${year}` },
    );
  }

  of(patientId: string, year: number): Promise<AnnualAid | null> {
    return this.loader.load({ patientId, year });
  }

  /** Takes what was read beside something else; newer than what was read before. */
  read(patientId: string, year: number, aid: AidOfYear): void {
    this.loader.clear({ patientId, year }).prime({ patientId, year }, shown(year, aid));
  }
}
