import DataLoader from 'dataloader';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { AnnualAid } from './annual-aid.js';

const BY_PATIENT_AND_YEAR = statement(
  'annual-aid',
  `select coalesce(aid.cap_fen, (select annual_cap_fen from aid_policy where effective_from <= make_date(asked.year, 12, 31)
       order by effective_from desc limit 1)) as cap,
     coalesce(aid.granted_fen, 0) as granted, coalesce(aid.paid_fen, 0) as paid
   from unnest($1::uuid[], $2::int[]) with ordinality asked (patient, year, place)
   left join annual_aid aid on aid.patient_id = asked.patient and aid.aid_year = asked.year
   order by place`,
);

interface Key {
  readonly patientId: string;
  readonly year: number;
}

/** Reads what patients have had and can still have of a year. Null before the first policy. */
export class AnnualAidLoader {
  private readonly loader: DataLoader<Key, AnnualAid | null, string>;

  constructor(session: Session) {
    this.loader = new DataLoader(
      async (keys) => {
        const values = [keys.map(({ patientId }) => patientId), keys.map(({ year }) => year)];
        const rows = await session.rows<{ cap: string | null; granted: string; paid: string }>(
          BY_PATIENT_AND_YEAR,
          values,
        );
        return rows.map(({ cap, granted, paid }, index) =>
          cap === null
            ? null
            : {
                year: (keys[index] as Key).year,
                cap: money(cap),
                granted: money(granted),
                paid: money(paid),
                remaining: money(BigInt(cap) - BigInt(granted)),
              },
        );
      },
      { cacheKeyFn: ({ patientId, year }) => `${patientId}:${year}` },
    );
  }

  of(patientId: string, year: number): Promise<AnnualAid | null> {
    return this.loader.load({ patientId, year });
  }
}
