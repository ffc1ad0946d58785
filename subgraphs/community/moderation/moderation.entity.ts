import { defineEntity } from '@mikro-orm/core';
import { MemberEntity } from '../member/member.entity.js';
import { PostEntity } from '../post/post.entity.js';
import type {
  AppealOutcome,
  ModerationAction,
  ModerationCaseOrigin,
  ModerationCaseState,
  ModerationRule,
  ModerationStep,
  ReportReason,
} from './moderation.enums.js';

/**
 * What moderators decide about: a post and the reports of it. Written by triggers and functions alone; who escalated it can be
 * read by nobody.
 */
export const ModerationCaseEntity = defineEntity({
  name: 'ModerationCase',
  tableName: 'moderation_case',
  properties: (p) => ({
    id: p.uuid().primary(),
    post: () => p.manyToOne(PostEntity).ref(),
    /** Who wrote it. */
    member: () => p.manyToOne(MemberEntity).ref().nullable().deleteRule('set null'),
    origin: p.text().$type<ModerationCaseOrigin>(),
    state: p.text().$type<ModerationCaseState>(),
    reports: p.integer().default(0),
    postVersion: p.integer(),
    /** The post as it was when the case was opened. */
    title: p.text().nullable(),
    body: p.text().nullable(),
    openedAt: p.datetime(),
    dueAt: p.datetime(),
    /** Its author knows of it, and so sees it. */
    told: p.boolean().default(false),
    /** The post was a draft when it was taken out. */
    withdrawn: p.boolean().default(false),
    escalatedBy: p.text().nullable(),
    escalationReason: p.text().nullable(),
    appealText: p.text().nullable(),
    appealedAt: p.datetime().nullable(),
    version: p.integer().default(1),
    /** The version at the last change that was not the author's editing. */
    firmVersion: p.integer().default(1),
  }),
  policies: [
    {
      name: 'moderation_case_moderators',
      command: 'select',
      using: `(select caller_has_role('MODERATOR')) and (member_id = (select caller_member())) is not true`,
    },
    {
      name: 'moderation_case_author',
      command: 'select',
      using: 'member_id = (select caller_member()) and told',
    },
  ],
});

/** That somebody found something wrong with a post; seen by nobody else. A trigger finds or opens the case, and counts. */
export const ReportEntity = defineEntity({
  name: 'Report',
  tableName: 'report',
  properties: (p) => ({
    id: p.uuid().primary(),
    post: () => p.manyToOne(PostEntity).ref(),
    member: () => p.manyToOne(MemberEntity).ref().deleteRule('cascade'),
    /** The version with which the post's text became what was reported. */
    postVersion: p.integer(),
    reason: p.text().$type<ReportReason>(),
    note: p.text().nullable(),
    case: () => p.manyToOne(ModerationCaseEntity).ref(),
    at: p.datetime(),
  }),
  policies: [{ name: 'report_own', using: 'member_id = (select caller_member())' }],
});

/** What was decided: only ever added, and carried out by its triggers. By whom can be read by nobody. */
export const ModerationDecisionEntity = defineEntity({
  name: 'ModerationDecision',
  tableName: 'moderation_decision',
  properties: (p) => ({
    id: p.uuid().primary(),
    case: () => p.manyToOne(ModerationCaseEntity).ref(),
    step: p.text().$type<ModerationStep>(),
    action: p.text().$type<ModerationAction | AppealOutcome>(),
    rule: p.text().$type<ModerationRule>().nullable(),
    reason: p.text(),
    days: p.integer().nullable(),
    until: p.datetime().nullable(),
    decidedBy: p.text(),
    at: p.datetime(),
    /** Names it in the public log; its time is that of the day. */
    logId: p.uuid(),
  }),
  policies: [
    {
      name: 'moderation_decision_seen',
      command: 'select',
      using: 'exists (select from moderation_case c where c.id = case_id offset 0)',
    },
    {
      name: 'moderation_decision_made',
      command: 'insert',
      check: `decided_by = (select caller_subject()) and (select caller_has_role('MODERATOR'))`,
    },
  ],
});
