import type { Texts } from '../../common/localized.js';
import { Locale } from '../../common/scalars.js';
import { ApplicationStatus } from '../application/application.enums.js';
import { NoticeKind } from './notice.js';

/** How long before a deadline somebody is told of it. */
export const NEAR_DAYS = 3;

/** What a notice is about, and who reads it. */
export interface NoticeFacts {
  readonly kind: NoticeKind;
  /** Of the application, now. */
  readonly status: ApplicationStatus;
  /** Whether it is about the deadline that the application has now. */
  readonly current: boolean;
  readonly reader: 'APPLICANT' | 'REVIEWER';
}

const OVER: Texts = {
  [Locale.EN]: 'This has been done, or is no longer due. You need to do nothing.',
  [Locale.ZH]: '该事项已完成或不再需要处理，您无需操作。',
};
const REVIEWER_ACTS: Texts = {
  [Locale.EN]: 'Take the open review, or decide the one that you have taken.',
  [Locale.ZH]: '请领取待审环节，或对您已领取的审核作出决定。',
};
const APPLICANT_ACTS: Partial<Record<ApplicationStatus, Texts>> = {
  [ApplicationStatus.INFORMATION_REQUESTED]: {
    [Locale.EN]: 'A reviewer asked for more: the last review says what. Add it, then hand the application in again.',
    [Locale.ZH]: '审核员要求补充材料（见最近一次审核意见）。请补充后重新提交申请。',
  },
  [ApplicationStatus.REJECTED]: {
    [Locale.EN]: 'You can appeal until this deadline. After it the decision stands.',
    [Locale.ZH]: '您可以在此期限前提出申诉，逾期决定即生效。',
  },
};
const APPEAL_IS_OVER: Texts = {
  [Locale.EN]: 'The time to appeal is over and the decision stands. You can apply again for the next year.',
  [Locale.ZH]: '申诉期限已过，决定生效。您可以在下一年度重新申请。',
};
const OTHERS_ACT: Readonly<Record<ApplicationReader, Texts>> = {
  APPLICANT: {
    [Locale.EN]: 'The foundation has to act, not you. You need to do nothing.',
    [Locale.ZH]: '目前由基金会处理，您无需操作。',
  },
  REVIEWER: {
    [Locale.EN]: 'The applicant has to act. You need to do nothing.',
    [Locale.ZH]: '目前由申请人处理，您无需操作。',
  },
};
type ApplicationReader = NoticeFacts['reader'];

const REVIEWED: readonly ApplicationStatus[] = [
  ApplicationStatus.SUBMITTED,
  ApplicationStatus.IN_REVIEW,
  ApplicationStatus.APPEALED,
];

/** What the reader of a notice should do next. */
export function whatToDo({ kind, status, current, reader }: NoticeFacts, locale: Locale): string {
  if (!current) return OVER[locale];
  if (REVIEWED.includes(status)) return (reader === 'REVIEWER' ? REVIEWER_ACTS : OTHERS_ACT.APPLICANT)[locale];
  const text = APPLICANT_ACTS[status];
  if (!text) return OVER[locale];
  if (reader === 'REVIEWER') return OTHERS_ACT.REVIEWER[locale];
  if (status === ApplicationStatus.REJECTED && kind === NoticeKind.DEADLINE_PASSED) return APPEAL_IS_OVER[locale];
  return text[locale];
}
