import { type Texts, texts } from '../../common/localized.js';
import type { Locale } from '../../common/scalars.js';
import { CareNoticeKind } from './notice.js';

/** What happened and what to do next, by kind. For a physician it says the same from the other side. */
const FOR_PATIENT: Readonly<Record<CareNoticeKind, Texts>> = {
  RECORD_OPENED_IN_EMERGENCY: texts(
    'A physician opened your record in an emergency. Look at the reason in `emergencyAccesses`; if it seems wrong, tell us.',
    '一位医生在紧急情况下查看了您的记录。请在“紧急访问”中查看原因；如有疑问，请联系我们。',
  ),
  CARE_INVITATION_ACCEPTED: texts(
    'Your invitation was accepted. You can change or end it at any time under `caregivers`.',
    '您的邀请已被接受。您可以随时在“照护人”中更改或终止授权。',
  ),
  CARE_ENDS_SOON: texts(
    'Somebody will soon no longer act for this patient. Who comes of age can sign in and invite them anew.',
    '某位照护人的授权即将到期。患者成年后可自行登录并重新邀请。',
  ),
  CARE_ENDED: texts(
    'Somebody no longer acts for this patient. You need to do nothing.',
    '某位照护人的授权已终止，您无需操作。',
  ),
  APPOINTMENT_BOOKED: texts('Your appointment is booked. The physician will confirm it.', '预约已提交，等待医生确认。'),
  APPOINTMENT_CONFIRMED: texts(
    'Your appointment is confirmed. Put it in your calendar: `icalendar` has it.',
    '预约已确认，可将其添加到日历。',
  ),
  APPOINTMENT_MOVED: texts(
    'Your appointment is at another time now. If it does not suit you, move or cancel it.',
    '您的预约时间已变更。如不合适，请改期或取消。',
  ),
  APPOINTMENT_CANCELLED: texts(
    'Your appointment was cancelled. You can book another one.',
    '您的预约已取消，可重新预约。',
  ),
  APPOINTMENT_SOON: texts(
    'Your appointment is near. Be there in time, or cancel it now so that somebody else can have it.',
    '您的预约即将开始。请准时参加；如不能参加，请立即取消。',
  ),
  CONSULTATION_SUMMARY_READY: texts(
    'The physician wrote down what came out of your consultation. Read the summary of the appointment.',
    '医生已写好诊疗小结，请在预约中查看。',
  ),
  FOLLOW_UP_DUE: texts('It is time for the follow-up. Book an appointment.', '复诊时间到了，请预约。'),
  CARE_TASK_DUE: texts(
    'A task of your care plan is due. Do it, then mark it as done, or skip it.',
    '照护计划中有一项任务到期。完成后请标记，或选择跳过。',
  ),
  DIARY_GOT_WORSE: texts(
    'The symptoms in your diary got worse. Consider booking an appointment.',
    '您的症状日记显示病情加重，建议预约医生。',
  ),
  DIAGNOSIS_DECIDED: texts(
    'A diagnosis that you reported was decided. Look at its status and reason.',
    '您上报的诊断已有结论，请查看其状态和理由。',
  ),
  EXPORT_READY: texts(
    'The export of your data is ready. Download it before it is removed.',
    '您的数据导出已完成，请在过期前下载。',
  ),
};

const FOR_PHYSICIAN: Partial<Readonly<Record<CareNoticeKind, Texts>>> = {
  APPOINTMENT_BOOKED: texts(
    'A patient booked an appointment. Confirm it, move it or cancel it.',
    '有患者预约了您，请确认、改期或取消。',
  ),
  APPOINTMENT_MOVED: texts(
    'A patient moved an appointment. Confirm the new time, move it or cancel it.',
    '患者更改了预约时间，请确认、改期或取消。',
  ),
  APPOINTMENT_CANCELLED: texts(
    'A patient cancelled an appointment. You need to do nothing.',
    '患者取消了预约，您无需操作。',
  ),
  APPOINTMENT_SOON: texts('An appointment is near.', '您有一个预约即将开始。'),
  FOLLOW_UP_DUE: texts('A follow-up that you asked for is due.', '您要求的复诊时间已到。'),
  DIARY_GOT_WORSE: texts(
    'The symptoms in the diary of one of your patients got worse. Look at `patientsToLookAt`.',
    '您的一位患者的症状日记显示病情加重，请查看待关注患者。',
  ),
};

/** What the reader of a notice should know and do next, in one or two sentences that name nobody. */
export const noticeText = (kind: CareNoticeKind, reader: 'PATIENT' | 'PHYSICIAN', locale: Locale): string =>
  ((reader === 'PHYSICIAN' && FOR_PHYSICIAN[kind]) || FOR_PATIENT[kind])[locale];
