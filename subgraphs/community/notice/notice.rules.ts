import { type Texts, texts } from '../../common/localized.js';
import type { CommunityNoticeKind } from './notice.js';

/** What happened and what to do next, by kind. */
const TEXTS: Readonly<Record<CommunityNoticeKind, Texts>> = {
  ANSWERED: texts(
    'Somebody answered your question. Read the answer, and accept it if it helps.',
    '有人回答了您的问题。请查看回答，如有帮助可以采纳。',
  ),
  COMMENTED: texts('Somebody commented on what you wrote.', '有人评论了您发布的内容。'),
  REACTED: texts('What you wrote helped somebody.', '您发布的内容得到了他人的回应。'),
  ANSWER_ACCEPTED: texts('Your answer was accepted by who asked. Thank you.', '您的回答已被提问者采纳，谢谢。'),
  QUESTION_CLOSED: texts(
    'A question that you answered is closed and takes no more answers.',
    '您回答过的问题已关闭，不再接受新的回答。',
  ),
  NEW_OF_DISEASE: texts('There is something new about a disease that you follow.', '您关注的疾病有新内容。'),
  POST_HIDDEN_FOR_NOW: texts(
    'Several people reported what you wrote. Only you can see it until a moderator has decided; you need to do nothing.',
    '您发布的内容被多人举报，在审核员作出决定之前仅您可见，您无需操作。',
  ),
  POST_DECIDED: texts(
    'A moderator decided about what you wrote. Read the reason; if you disagree you can appeal, and another moderator decides.',
    '审核员已对您发布的内容作出决定。请查看理由；如有异议可以申诉，由另一位审核员裁定。',
  ),
  APPEAL_DECIDED: texts(
    'Another moderator decided about your appeal. Read what was decided and why.',
    '另一位审核员已对您的申诉作出裁定，请查看结果和理由。',
  ),
  REPORT_DECIDED: texts(
    'A moderator looked at what you reported and decided. Thank you for telling us.',
    '审核员已处理您举报的内容，感谢您的反馈。',
  ),
  ARTICLE_REVIEWED: texts(
    'Your article was reviewed. If it was returned, read why, change it and hand it in again.',
    '您的文章已完成审核。如被退回，请查看理由，修改后重新提交。',
  ),
};

/** What the reader of a notice should know and do next, in one or two sentences that name nobody and nothing. */
export const noticeTexts = (kind: CommunityNoticeKind): Texts => TEXTS[kind];
