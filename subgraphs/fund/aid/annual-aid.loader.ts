import DataLoader from 'dataloader';
import { loggedStatement } from '../../common/access-log.js';
import type { Session } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { AnnualAid } from './annual-aid.js';

/** The cap of a year in which nothing was granted yet: the last that is in force in it. */
const capOf = (year: string): string =>
  `(select annual_cap_fen from aid_policy where effective_from <= make_date(${year}, 12, 31) order by effective_from desc limit 1)`;

/**
 * SQL for what a patient has had of some years, as a JSON list of `AidOfYear` with their `year`.
 *
 * @param years a select that gives them as `year`
 */
export const aidOfYears = (patient: string, years: string): string =>
  `(select json_agg(json_build_object('year', asked.year, 'capFen', coalesce(aid.cap_fen, ${capOf('asked.year')})::text,
     'grantedFen', coalesce(aid.granted_fen, 0)::text, 'paidFen', coalesce(aid.paid_fen, 0)::text))
   from (${years}) asked left join annual_aid aid on aid.patient_id = ${patient} and aid.aid_year = asked.year)`;

const BY_PATIENT_AND_YEAR = loggedStatement(
  'annual-aid',
  `select aid.patient_id as "patientId", coalesce(aid.cap_fen, ${capOf('asked.year')}) as "capFen",
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

/** What a patient has had of a year, in fen as text. Without a cap before the first policy. */
export interface AidOfYear {
  readonly capFen: string | null;
  readonly grantedFen: string;
  readonly paidFen: string;
}

function shown(year: number, { capFen, grantedFen, paidFen }: AidOfYear): AnnualAid | null {
  if (capFen === null) return null;
  return {
    year,
    cap: money(capFen),
    granted: money(grantedFen),
    paid: money(paidFen),
    remaining: money(BigInt(capFen) - BigInt(grantedFen)),
  };
}

/** Reads what patients have had and can still have of a year. Null before the first policy. */
export class AnnualAidLoader {
  private readonly loader: DataLoader<Key, AnnualAid | null, string>;

  constructor(session: Session) {
    this.loader = new DataLoader(
      async (keys) => {
        const values = [keys.map(({ patientId }) => patientId), keys.map(({ year }) => year)];
        const rows = await session.seen<AidOfYear>(BY_PATIENT_AND_YEAR, values);
        return rows.map((row, index) => shown((keys[index] as Key).year, row));
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
