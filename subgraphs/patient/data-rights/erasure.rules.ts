import { Locale } from '../../common/scalars.js';
import type { SubgraphName } from '../../common/settings.js';
import type { ErasureObstacle, ErasureObstacleKind } from './erasure.js';

/**
 * In this order: what can be repeated for a patient who is still known comes first, and who it was is forgotten last.
 */
export const ERASURE_ORDER: readonly SubgraphName[] = ['fund', 'pharmacy', 'community', 'catalog', 'patient'];

/** An obstacle as it is kept. */
export interface ObstacleFound {
  readonly subgraph: string;
  readonly kind: ErasureObstacleKind;
}

const WHAT_TO_DO: Readonly<Record<ErasureObstacleKind, string>> = {
  APPLICATION_UNDER_WAY: 'An application for aid is under way. Withdraw it, or wait until it is decided.',
  CLAIM_UNDER_WAY: 'A claim is under way. Withdraw it, or wait until it is rejected or paid.',
  PAYOUT_UNDER_WAY: 'Money is on its way to you. Wait until it has come, or correct the payout account.',
  CLAW_BACK_UNDER_WAY: 'Aid has to be paid back. Pay it back, and wait until it is recorded.',
  ORDER_UNDER_WAY: 'A medicine order is under way. Cancel it, or wait until it is delivered.',
  PAYMENT_UNDER_WAY: 'A payment for medicine is under way. Wait until it is answered.',
  REFUND_UNDER_WAY: 'Money for medicine is on its way back to you. Wait until it has come.',
  PARCEL_HELD_BACK: 'A parcel with medicine is held back. Wait until a pharmacist has decided about it.',
  CARES_FOR_SOMEBODY: 'You act for somebody else. Hand this over to another caregiver, and end it first.',
};

/** An obstacle with what to do about it. */
export const explained = ({ subgraph, kind }: ObstacleFound): ErasureObstacle => ({
  subgraph,
  kind,
  message: WHAT_TO_DO[kind] ?? 'Something is under way that must end first.',
});

/** What a subgraph did, as it is certified. */
export interface CertifiedStep {
  readonly subgraph: string;
  readonly deleted: number;
  readonly pseudonymised: number;
  readonly finishedAt: Date;
}

export interface CertifiedErasure {
  readonly id: string;
  readonly requestedAt: Date;
  readonly finishedAt: Date;
  readonly steps: readonly CertifiedStep[];
}

/** What a certificate says: always the same text for the same erasure, since a hash is made of it. It names nobody. */
export function certificateContent({ id, requestedAt, finishedAt, steps }: CertifiedErasure): string {
  return JSON.stringify({
    format: 'care-erasure-certificate/1',
    erasureId: id,
    requestedAt: requestedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    // each was looked through once more when all had erased
    foundAfterwards: 0,
    steps: steps.map((step) => ({
      subgraph: step.subgraph,
      deleted: step.deleted,
      pseudonymised: step.pseudonymised,
      finishedAt: step.finishedAt.toISOString(),
    })),
  });
}

interface Certified {
  readonly erasureId: string;
  readonly finishedAt: string;
  readonly steps: readonly { readonly subgraph: string; readonly deleted: number; readonly pseudonymised: number }[];
}

/**
 * A certificate for people to read.
 *
 * @param content as `certificateContent` made it
 */
export function certificateText(content: string, sha256: string, locale: Locale): string {
  const { erasureId, finishedAt, steps } = JSON.parse(content) as Certified;
  const zh = locale === Locale.ZH;
  const each = steps.map(({ subgraph, deleted, pseudonymised }) =>
    zh
      ? `${subgraph}：删除 ${deleted} 条，去标识 ${pseudonymised} 条`
      : `${subgraph}: ${deleted} records deleted, ${pseudonymised} kept without the person`,
  );
  const lines = zh
    ? [
        '数据删除证明',
        `编号 ${erasureId}`,
        `本服务已于 ${finishedAt}（UTC）删除该人的全部个人数据，并逐一核对，未再发现任何记录。`,
        '依法须保留的账目仅以假名保存，不含姓名、登录标识或自由文本。',
        ...each,
        `SHA-256 ${sha256}`,
      ]
    : [
        'Certificate of erasure',
        `Number ${erasureId}`,
        `On ${finishedAt} (UTC) this service had erased everything about the person, looked for them once more in all its parts, and found nothing.`,
        'What the law of bookkeeping keeps is kept under a pseudonym, without name, sign-in or free text.',
        ...each,
        `SHA-256 ${sha256}`,
      ];
  return lines.join('\n');
}
