import type { Ask } from '../../common/context.js';

const HIDE = 'mutation HideShownDisease($subject: ID!) { hideShownDisease(subject: $subject) }';

/** Has the community show no disease of a member. @param subject their sign-in @throws {SubgraphUnavailable} */
export async function hideShownDisease(ask: Ask, subject: string): Promise<void> {
  const { hideShownDisease: done } = await ask<{ hideShownDisease: true | null }>('community', HIDE, { subject });
  // a null says that it failed
  if (done === null) throw new Error('The community has not answered');
}
