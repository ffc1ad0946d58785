import { arrayValue, type Executes } from '../../common/database.js';
import { PrescriptionNotUsable } from './prescription.errors.js';
import { judgeSupplies, type StoredSupply, type WantedSupply } from './prescription.rules.js';

/**
 * Whether each line of an order can go by the prescription that it names. The prescriptions are locked, by id, until the
 * transaction ends: what is left of them now is left when the lines are written, whose trigger counts them.
 *
 * @param patientId for whom is ordered: a prescription for somebody else is as unknown as one that the caller may not see
 * @param today the day in Shanghai, YYYY-MM-DD
 * @throws {PrescriptionNotUsable} naming every line that is wrong
 */
export async function checkSupplies(
  sql: Executes,
  patientId: string,
  lines: readonly WantedSupply[],
  today: string,
): Promise<void> {
  const wanted = [...new Set(lines.flatMap(({ prescriptionId }) => prescriptionId ?? []))];
  const stored =
    wanted.length === 0
      ? []
      : await sql.execute<StoredSupply[]>(
          `select id, medicine_id as "medicineId", status, used, quantity * (refills + 1) as total, valid_until::text as "validUntil"
           from prescriptions_to_use(?, ?::uuid[])`,
          [patientId, arrayValue(wanted)],
        );
  const problems = judgeSupplies(lines, new Map(stored.map((each) => [each.id, each])), today);
  if (problems.length > 0) throw new PrescriptionNotUsable(problems);
}
