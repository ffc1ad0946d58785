import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import type { DocumentKind } from '../../common/document-kind.js';
import { InvalidInput, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { type MoneyInput, positiveFen } from '../../common/money.js';
import type { FundContext } from '../context.js';
import { AidPolicyEntity, AidTierEntity, FundDiseaseEntity, FundEntity } from './policy.entity.js';
import { AidPolicyDayTaken, FundWrongState } from './policy.errors.js';
import { type AidTierName, FundStatus } from './policy.js';
import { knownDiseases } from './policy.ports.js';
import { checkCode, checkDiseases, checkName, checkPolicy, fundActions } from './policy.rules.js';

export interface CreateFund {
  readonly code: string;
  readonly nameEn: string;
  readonly nameZh: string;
  readonly diseaseIds: readonly string[];
  readonly idempotencyKey: string;
}

export interface SetFundStatus {
  readonly fundId: string;
  readonly status: FundStatus;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface PublishAidPolicy {
  readonly effectiveFrom: string;
  readonly annualCap: MoneyInput;
  readonly lookBackDays: number;
  readonly appealDays: number;
  readonly requiredDocuments: readonly DocumentKind[];
  readonly secondReviewAbove: MoneyInput;
  readonly tiers: readonly {
    readonly tier: AidTierName;
    readonly fromExpense: MoneyInput;
    readonly sharePercent: number;
    readonly yearlyMaximum: MoneyInput;
  }[];
  readonly demo: boolean;
  readonly idempotencyKey: string;
}

/** What administrators decide: which funds there are, and by which rules they give. */
export class PolicyService {
  constructor(private readonly context: FundContext) {}

  /**
   * @returns the fund's id
   * @throws {InvalidInput} {IdempotencyConflict}
   */
  async createFund(input: CreateFund): Promise<string> {
    const code = checkCode(input.code);
    const [nameEn, nameZh] = [checkName(input.nameEn, 'nameEn'), checkName(input.nameZh, 'nameZh')];
    const diseases = checkDiseases(input.diseaseIds);
    const known = await knownDiseases(this.context.ask);
    const unknown = diseases.find((id) => !known.has(id));
    if (unknown) {
      throw new InvalidInput(`There is no disease with the id ${unknown}. Take ids from \`diseases\`.`, [
        'input',
        'diseaseIds',
      ]);
    }
    try {
      return await once(this.context, 'createFund', input, async (em) => {
        const fund = em.create(FundEntity, { id: newId(), code, nameEn, nameZh, status: FundStatus.OPEN });
        for (const diseaseId of diseases) em.create(FundDiseaseEntity, { fund, diseaseId });
        await em.flush();
        return fund.id;
      });
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      throw new InvalidInput(`There is a fund with the code ${code} already. Choose another code.`, ['input', 'code']);
    }
  }

  /**
   * @returns the fund's id
   * @throws {NotFound} {FundWrongState} {StaleVersion} {IdempotencyConflict}
   */
  setFundStatus(input: SetFundStatus): Promise<string> {
    return once(this.context, 'setFundStatus', input, async (em) => {
      const fund = await em.findOne(FundEntity, input.fundId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!fund) throw new NotFound('fund', ['input', 'fundId']);
      const status = fund.status as FundStatus;
      if (status === input.status) throw new FundWrongState(status, fundActions(status));
      if (fund.version !== input.expectedVersion) throw new StaleVersion(fund.version);
      fund.status = input.status;
      return fund.id;
    });
  }

  /**
   * Publishes rules of aid for a day to come. They are never changed afterwards: the database refuses it.
   *
   * @returns the policy's id
   * @throws {InvalidInput} {AidPolicyDayTaken} {IdempotencyConflict}
   */
  async publish(input: PublishAidPolicy): Promise<string> {
    const { effectiveFrom, lookBackDays, appealDays, requiredDocuments, demo } = input;
    const annualCapFen = positiveFen(input.annualCap, ['input', 'annualCap']);
    const secondReviewAboveFen = positiveFen(input.secondReviewAbove, ['input', 'secondReviewAbove']);
    const drafts = input.tiers.map(({ tier, fromExpense, sharePercent, yearlyMaximum }, place) => ({
      tier,
      sharePercent,
      fromExpenseFen: positiveFen(fromExpense, ['input', 'tiers', String(place), 'fromExpense']),
      yearlyMaximumFen: positiveFen(yearlyMaximum, ['input', 'tiers', String(place), 'yearlyMaximum']),
    }));
    return once(this.context, 'publishAidPolicy', input, async (em) => {
      // inside, so that a key that is met again on a later day answers the same
      const tiers = checkPolicy(
        { effectiveFrom, annualCapFen, lookBackDays, appealDays, requiredDocuments, tiers: drafts },
        shanghaiDay(new Date()),
      );
      // one after another: each takes the number behind the last
      await em.execute(`select pg_advisory_xact_lock(hashtext('aid-policy'))`);
      const [last] = await em.find(AidPolicyEntity, {}, { orderBy: { number: 'desc' }, limit: 1 });
      const sameDay = await em.findOne(AidPolicyEntity, { effectiveFrom });
      if (sameDay) throw new AidPolicyDayTaken(effectiveFrom, sameDay.number);
      const policy = em.create(AidPolicyEntity, {
        id: newId(),
        number: (last?.number ?? 0) + 1,
        effectiveFrom,
        annualCapFen,
        lookBackDays,
        appealDays,
        requiredDocuments: [...requiredDocuments],
        secondReviewAboveFen,
        demo,
      });
      for (const tier of tiers) em.create(AidTierEntity, { policy, ...tier });
      await em.flush();
      return policy.id;
    });
  }
}
