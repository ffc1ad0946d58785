import { type Loaded, LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { aidYear } from '../../common/calendar.js';
import { InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { type MoneyInput, positiveFen } from '../../common/money.js';
import type { FundContext } from '../context.js';
import { promoteLater } from '../grant/wait-list.js';
import { holdAvailable, transfer } from '../ledger/ledger.js';
import { FundEntity } from '../policy/policy.entity.js';
import { FundStatus } from '../policy/policy.js';
import { ContributionEntity } from './contribution.entity.js';
import { ContributionAction, type ContributionSource, ContributionStatus } from './contribution.enums.js';
import { AlreadyReported, ContributionWrongState } from './contribution.errors.js';
import { organisationExists } from './contribution.ports.js';
import {
  allowedActions,
  bounce,
  checkBounceReason,
  checkReference,
  type Giver,
  partnerGiver,
  recordedGiver,
} from './contribution.rules.js';

export interface PledgeContribution {
  readonly fundId: string;
  readonly amount: MoneyInput;
  readonly source?: ContributionSource | null;
  readonly organisationId?: string | null;
  readonly reference?: string | null;
  readonly idempotencyKey: string;
}

/** Something done with a contribution that the caller has looked at. */
export interface ContributionStep {
  readonly contributionId: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface BounceContribution extends ContributionStep {
  readonly reason: string;
}

type StoredContribution = Loaded<InferEntity<typeof ContributionEntity>>;

/** Money for a fund: promised, arrived, or not. */
export class ContributionService {
  constructor(private readonly context: FundContext) {}

  /**
   * @returns the contribution's id
   * @throws {NotFound} {InvalidInput} {NotAllowed} {AlreadyReported} {IdempotencyConflict}
   */
  async pledge(input: PledgeContribution): Promise<string> {
    const amountFen = positiveFen(input.amount, ['input', 'amount']);
    const reference = checkReference(input.reference);
    const { source, organisationId } = await this.giver(input);
    try {
      return await once(this.context, 'pledgeContribution', input, async (em) => {
        // shared, so that it stays open until this has happened
        const fund = await em.findOne(FundEntity, input.fundId, { lockMode: LockMode.PESSIMISTIC_READ });
        if (!fund) throw new NotFound('fund', ['input', 'fundId']);
        if (fund.status !== FundStatus.OPEN) {
          throw new InvalidInput('The fund is closed and takes no money now. Choose one that is open.', [
            'input',
            'fundId',
          ]);
        }
        const now = new Date();
        const [{ nextval: count }] = await em.execute<[{ nextval: string }]>(`select nextval('contribution_number')`);
        const contribution = em.create(ContributionEntity, {
          id: newId(),
          number: `CT-${aidYear(now)}-${count.padStart(6, '0')}`,
          fund: fund.id,
          source,
          organisationId,
          amountFen,
          status: ContributionStatus.PLEDGED,
          reference,
          recordedBy: this.context.identity.subject,
          pledgedAt: now,
        });
        await em.flush();
        return contribution.id;
      });
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException) || !organisationId || !reference) throw error;
      const known = await this.context.contributions.reported(organisationId, reference);
      throw known ? new AlreadyReported(known) : error;
    }
  }

  /**
   * The money is there: it can be granted, first to those who wait.
   *
   * @returns the contribution's id
   * @throws {NotFound} {ContributionWrongState} {StaleVersion} {IdempotencyConflict}
   */
  clear(input: ContributionStep): Promise<string> {
    return once(this.context, 'clearContribution', input, async (em) => {
      const contribution = await this.lockFor(em, input, ContributionAction.CLEAR);
      contribution.status = ContributionStatus.CLEARED;
      contribution.clearedAt = new Date();
      await transfer(em, this.moved(contribution, 'CONTRIBUTION', BigInt(contribution.amountFen)));
      await promoteLater(em, contribution.fund.id);
      return contribution.id;
    });
  }

  /**
   * The money will not come, or was taken back. What has been granted of it stays granted: the fund is short of it, and
   * the ledger fills that up before it lets anything be granted again.
   *
   * @returns the contribution's id
   * @throws {NotFound} {ContributionWrongState} {StaleVersion} {InvalidInput} {IdempotencyConflict}
   */
  async bounce(input: BounceContribution): Promise<string> {
    const reason = checkBounceReason(input.reason);
    return once(this.context, 'bounceContribution', input, async (em) => {
      const contribution = await this.lockFor(em, input, ContributionAction.BOUNCE);
      const cleared = contribution.status === ContributionStatus.CLEARED;
      contribution.status = ContributionStatus.BOUNCED;
      contribution.bouncedAt = new Date();
      contribution.reason = reason;
      if (!cleared) return contribution.id;
      await em.flush();
      // from here on nobody is granted anything of this fund until this has happened
      const availableFen = await holdAvailable(em, contribution.fund.id);
      const { coveredFen, uncoveredFen } = bounce(BigInt(contribution.amountFen), availableFen);
      // in this order: the ledger covers a shortfall with whatever is still available
      const transfers = [
        this.moved(contribution, 'BOUNCE', coveredFen),
        this.moved(contribution, 'BOUNCE_UNCOVERED', uncoveredFen),
      ];
      await transfer(em, ...transfers.filter(({ amountFen }) => amountFen > 0n));
      return contribution.id;
    });
  }

  private async giver(input: PledgeContribution): Promise<Giver> {
    const { ask, identity } = this.context;
    if (!identity.scopes.includes('fund:finance')) {
      const { organisation, roles } = identity;
      if (!organisation) {
        throw new NotAllowed('Your sign-in acts for no organisation. Ask whoever issued it to name yours.');
      }
      return partnerGiver(roles, organisation, input);
    }
    const giver = recordedGiver(input);
    if (giver.organisationId && !(await organisationExists(ask, giver.organisationId))) {
      throw new InvalidInput('There is no organisation with this id in the catalog. Check the id.', [
        'input',
        'organisationId',
      ]);
    }
    return giver;
  }

  /** The contribution, locked until the transaction ends, in a state and a version in which this may be done. */
  private async lockFor(
    em: EntityManager,
    { contributionId, expectedVersion }: ContributionStep,
    action: ContributionAction,
  ): Promise<StoredContribution> {
    const contribution = await em.findOne(ContributionEntity, contributionId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!contribution) throw new NotFound('contribution', ['input', 'contributionId']);
    const { status } = contribution;
    const permitted = allowedActions(status, true);
    if (!permitted.includes(action)) throw new ContributionWrongState(status, permitted);
    if (contribution.version !== expectedVersion) throw new StaleVersion(contribution.version);
    return contribution;
  }

  private moved(
    { id, fund }: StoredContribution,
    way: 'CONTRIBUTION' | 'BOUNCE' | 'BOUNCE_UNCOVERED',
    amountFen: bigint,
  ) {
    return { fundId: fund.id, way, amountFen, referenceId: id, by: this.context.identity.subject };
  }
}
