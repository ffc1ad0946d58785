import { registerEnumType } from 'type-graphql';

export enum ReportReason {
  PERSONAL_DATA = 'PERSONAL_DATA',
  MEDICINE_SALE = 'MEDICINE_SALE',
  MISINFORMATION = 'MISINFORMATION',
  HARASSMENT = 'HARASSMENT',
  HATE = 'HATE',
  SPAM = 'SPAM',
  SELF_HARM = 'SELF_HARM',
  OTHER = 'OTHER',
}

/** What is said of each thing that may be wrong with a post, whether somebody reports it or a moderator finds it. */
const WRONGS: Readonly<Record<ReportReason, { readonly description: string }>> = {
  PERSONAL_DATA: {
    description: 'It tells who somebody is, or how to reach them: a name, a number, an address, a picture.',
  },
  MEDICINE_SALE: { description: 'It offers or asks for medicine, for money or not.' },
  MISINFORMATION: { description: 'What it says of a disease or a treatment is wrong, and can do harm.' },
  HARASSMENT: { description: 'It threatens, insults or shames somebody.' },
  HATE: { description: 'It is directed against people for what they are.' },
  SPAM: { description: 'It advertises, or is the same again and again.' },
  SELF_HARM: {
    description: 'Its author may be in danger, or others may be by what it tells. Looked at before all else.',
  },
  OTHER: { description: 'Something else: say in the text what.' },
};
registerEnumType(ReportReason, {
  name: 'ReportReason',
  description:
    'What is wrong with a post. A moderator looks at SELF_HARM within 4 hours, at PERSONAL_DATA and MEDICINE_SALE within 8, at all else within 24.',
  valuesConfig: WRONGS,
});

export enum ModerationRule {
  PERSONAL_DATA = 'PERSONAL_DATA',
  MEDICINE_SALE = 'MEDICINE_SALE',
  MISINFORMATION = 'MISINFORMATION',
  HARASSMENT = 'HARASSMENT',
  HATE = 'HATE',
  SPAM = 'SPAM',
  SELF_HARM = 'SELF_HARM',
  OTHER = 'OTHER',
  NOTHING_WRONG = 'NOTHING_WRONG',
}
registerEnumType(ModerationRule, {
  name: 'ModerationRule',
  description: 'By which rule something was decided about a post: what was found to be wrong with it.',
  valuesConfig: { ...WRONGS, NOTHING_WRONG: { description: 'Nothing: it is kept as it is. Goes with KEEP alone.' } },
});

export enum ModerationAction {
  KEEP = 'KEEP',
  HIDE = 'HIDE',
  REMOVE = 'REMOVE',
  WARN = 'WARN',
  SUSPEND = 'SUSPEND',
}
registerEnumType(ModerationAction, {
  name: 'ModerationAction',
  description: 'What is done with a post that was looked at, and with its author.',
  valuesConfig: {
    KEEP: { description: 'Nothing. If reports had hidden it, it can be read again. Cannot be appealed.' },
    HIDE: {
      description:
        'Nobody else reads it until its author has changed it: then it is looked at again, and shown if all is well.',
    },
    REMOVE: { description: 'It is taken out for good.' },
    WARN: { description: 'It is taken out for good, and its author is warned. Warnings are counted.' },
    SUSPEND: { description: 'It is taken out for good, and its author reads only for so many days.' },
  },
});

export enum AppealOutcome {
  UPHELD = 'UPHELD',
  OVERTURNED = 'OVERTURNED',
}
registerEnumType(AppealOutcome, {
  name: 'AppealOutcome',
  description: 'What another moderator finds of a decision that its author does not agree with.',
  valuesConfig: {
    UPHELD: { description: 'It stays as it was decided.' },
    OVERTURNED: {
      description: 'It was wrong: the post is as it was before, and a warning or suspension is taken back.',
    },
  },
});

export enum ModerationStep {
  DECISION = 'DECISION',
  APPEAL = 'APPEAL',
}
registerEnumType(ModerationStep, {
  name: 'ModerationStep',
  description: 'Which of the at most two decisions of a case it is.',
  valuesConfig: {
    DECISION: { description: 'The first: `action` and `rule` say what was decided.' },
    APPEAL: { description: 'That about the appeal, by another moderator: `outcome` says what was decided.' },
  },
});

export enum ModerationCaseState {
  OPEN = 'OPEN',
  ESCALATED = 'ESCALATED',
  DECIDED = 'DECIDED',
  APPEALED = 'APPEALED',
  CLOSED = 'CLOSED',
}
registerEnumType(ModerationCaseState, {
  name: 'ModerationCaseState',
  description: 'How a case stands.',
  valuesConfig: {
    OPEN: { description: 'Waits for a moderator to decide.' },
    ESCALATED: { description: 'Waits for another moderator than the one who did not want to decide it alone.' },
    DECIDED: { description: 'Decided against the post; its author can appeal for 30 days.' },
    APPEALED: { description: 'Its author does not agree; waits for another moderator.' },
    CLOSED: {
      description: 'Nothing more is decided: the post was kept, its author changed it, or the appeal was decided.',
    },
  },
});

export enum ModerationCaseOrigin {
  REPORTED = 'REPORTED',
  EDITED = 'EDITED',
}
registerEnumType(ModerationCaseOrigin, {
  name: 'ModerationCaseOrigin',
  description: 'Why there is a case.',
  valuesConfig: {
    REPORTED: { description: 'Somebody reported the post.' },
    EDITED: { description: 'The post had been hidden by a decision, and its author has changed it.' },
  },
});

export enum ModerationCaseAction {
  DECIDE = 'DECIDE',
  ESCALATE = 'ESCALATE',
  DECIDE_APPEAL = 'DECIDE_APPEAL',
  APPEAL = 'APPEAL',
}
registerEnumType(ModerationCaseAction, {
  name: 'ModerationCaseAction',
  description: 'What may be done with a case.',
  valuesConfig: {
    DECIDE: { description: '`decideCase`, for a moderator who neither wrote nor reported the post nor escalated it.' },
    ESCALATE: { description: '`escalateCase`: leave it to another moderator, with a reason.' },
    DECIDE_APPEAL: {
      description: '`decideAppeal`, for another moderator than the one who decided, who did not report the post.',
    },
    APPEAL: { description: '`appealDecision`, for the author.' },
  },
});
