import { ConsentPurpose } from '../../common/consent-purpose.js';
import { ConsentMissing, NotAllowed } from '../../common/errors.js';
import type { CommunityContext } from '../context.js';
import { communityStanding } from '../member/standing.port.js';
import { writerOf } from '../member/writer.step.js';

/** Showing one's disease beside the pseudonym, and no longer. Both may be repeated and then change nothing. */
export class ShownDiseaseService {
  constructor(private readonly context: CommunityContext) {}

  /**
   * Whoever shows something is a member from then on, with a pseudonym. When the consent is withdrawn, the patient subgraph has
   * it hidden, also what was shown in that very moment.
   *
   * @throws {ConsentMissing} without COMMUNITY_PROFILE
   * @throws {NotAllowed} when it is no disease of the caller's own record
   * @throws {MemberSuspended}
   */
  async show(diseaseId: string): Promise<void> {
    const { session, ask } = this.context;
    const { diseases } = await communityStanding(ask);
    if (diseases === null) throw new ConsentMissing(ConsentPurpose.COMMUNITY_PROFILE, ['input', 'diseaseId']);
    if (!diseases.includes(diseaseId)) {
      throw new NotAllowed(
        'You can show a disease that is reported or verified in your own record, and this one is not. Report the diagnosis there first.',
        ['input', 'diseaseId'],
      );
    }
    await session.transaction(async (em) => {
      await writerOf(em, this.context, null, 'OTHER');
      await em.execute('select show_disease(?)', [diseaseId]);
    });
  }

  /** @throws {NotAllowed} when the caller is no member */
  async hide(): Promise<void> {
    const { session, members } = this.context;
    if ((await members.ownId()) === null) {
      throw new NotAllowed(
        'You have not written anything here yet, so no disease is shown and there is nothing to hide.',
      );
    }
    await session.decide((sql) => sql.execute('select show_disease(null)'));
  }
}
