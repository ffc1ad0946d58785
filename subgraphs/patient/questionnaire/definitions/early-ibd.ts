import { texts } from '../../../common/localized.js';
import type { Band, Definition, Item } from '../questionnaire.rules.js';
import { yesNo, ZERO_TO_TEN } from './answers.js';

/**
 * Made up for this demo from warning signs that are generally known: blood, being woken at night, losing weight, fever, and
 * that it lasts. It follows no published instrument and nobody has tested it.
 */

const BLOOD: Item = {
  code: 'blood',
  kind: 'CHOICE',
  text: texts('Have you seen blood in your stool in the last four weeks?', '过去四周内，您是否在大便中看到血？'),
  required: true,
  weight: 1,
  options: [
    { value: 'NEVER', text: texts('Never', '没有'), points: 0 },
    { value: 'ONCE_OR_TWICE', text: texts('Once or twice', '一两次'), points: 2 },
    { value: 'REPEATEDLY', text: texts('Repeatedly', '反复出现'), points: 5 },
  ],
};

const LOOSE_STOOLS: Item = {
  code: 'loose_stools_last',
  kind: 'CHOICE',
  text: texts('For how long have you had loose or more frequent stools?', '大便变稀或次数增多已持续多久？'),
  required: true,
  weight: 1,
  options: [
    { value: 'NOT_AT_ALL', text: texts('I have not', '没有'), points: 0 },
    { value: 'UNDER_TWO_WEEKS', text: texts('Less than two weeks', '不到两周'), points: 1 },
    { value: 'TWO_TO_FOUR_WEEKS', text: texts('Two to four weeks', '两到四周'), points: 2 },
    { value: 'OVER_FOUR_WEEKS', text: texts('More than four weeks', '超过四周'), points: 4 },
  ],
};

const PAIN: Item = {
  code: 'belly_pain',
  ...ZERO_TO_TEN,
  text: texts(
    'How strong was pain in your belly at its worst last week? 0 is none, 10 the worst you can think of.',
    '过去一周腹痛最严重时有多痛？0为不痛，10为最痛。',
  ),
  required: true,
  weight: 1,
  steps: [
    { from: 0, points: 0 },
    { from: 3, points: 1 },
    { from: 6, points: 2 },
    { from: 8, points: 3 },
  ],
};

const WOKEN: Item = {
  code: 'woken_at_night',
  kind: 'YES_NO',
  text: texts('Does the need to go to the toilet wake you at night?', '您是否会因便意在夜间醒来？'),
  required: true,
  weight: 1,
  options: yesNo(2),
};

const WEIGHT_LOST: Item = {
  code: 'weight_lost_kg',
  kind: 'NUMBER',
  text: texts(
    'How many kilograms have you lost in the last three months without wanting to? 0 if none.',
    '过去三个月内，您在无意减重的情况下体重下降了多少公斤？没有则填0。',
  ),
  required: true,
  weight: 1,
  min: 0,
  max: 60,
  steps: [
    { from: 0, points: 0 },
    { from: 2, points: 1 },
    { from: 5, points: 3 },
  ],
};

const FEVER: Item = {
  code: 'fever',
  kind: 'YES_NO',
  text: texts('Have you had a fever without a cold in the last four weeks?', '过去四周内，您是否在没有感冒时发烧？'),
  required: true,
  weight: 1,
  options: yesNo(1),
};

const FAMILY: Item = {
  code: 'family',
  kind: 'YES_NO',
  text: texts(
    'Does a parent, brother, sister or child of yours have an inflammatory bowel disease?',
    '您的父母、兄弟姐妹或子女是否患有炎症性肠病？',
  ),
  required: false,
  weight: 1,
  options: yesNo(1),
};

const OUTSIDE_BOWEL: Item = {
  code: 'joints_skin_eyes',
  kind: 'YES_NO',
  text: texts(
    'Have joints swollen, eyes reddened or painful bumps come up on your skin at the same time?',
    '同一时期是否出现关节肿胀、眼睛发红或皮肤疼痛性结节？',
  ),
  required: false,
  weight: 1,
  options: yesNo(1),
};

const FEW = texts(
  'Go on as you are and answer again in four weeks. See a doctor earlier if something new comes or it gets worse.',
  '请保持观察，四周后再次填写。如出现新的症状或加重，请提前就医。',
);
const SOME = texts(
  'Book a doctor within the next two weeks, keep the diary until then, and show these answers there.',
  '请在两周内预约医生，期间坚持记录症状日记，就诊时出示本次回答。',
);
const MANY = texts(
  'See a doctor within days and show these answers. If you bleed heavily, have a high fever or strong pain, go to an emergency department now.',
  '请在几天内就医并出示本次回答。如大量出血、高烧或剧烈疼痛，请立即前往急诊。',
);

const bands = (someFrom: number, manyFrom: number, highest: number): readonly Band[] => [
  { code: 'FEW_SIGNS', from: 0, to: someFrom - 1, redFlag: false, nextStep: FEW },
  { code: 'SOME_SIGNS', from: someFrom, to: manyFrom - 1, redFlag: false, nextStep: SOME },
  { code: 'MANY_SIGNS', from: manyFrom, to: highest, redFlag: true, nextStep: MANY },
];

const common = {
  code: 'early-ibd',
  title: texts('Early signs of inflammatory bowel disease', '炎症性肠病早期信号'),
  purpose: texts(
    'Helps to decide how soon to see a doctor about a belly that does not settle. It finds no disease and excludes none.',
    '帮助您判断应多快就肠胃不适就医。本问卷不能诊断或排除任何疾病。',
  ),
};

export const earlyIbd1: Definition = {
  ...common,
  version: 1,
  items: [BLOOD, LOOSE_STOOLS, PAIN, WOKEN, WEIGHT_LOST, FEVER, FAMILY],
  bands: bands(4, 9, 19),
};

/** Also asks beyond the bowel, and counts being woken at night twice. */
export const earlyIbd2: Definition = {
  ...common,
  version: 2,
  items: [BLOOD, LOOSE_STOOLS, PAIN, { ...WOKEN, weight: 2 }, WEIGHT_LOST, FEVER, FAMILY, OUTSIDE_BOWEL],
  bands: bands(5, 10, 22),
};
