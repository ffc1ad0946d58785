import { type Texts, texts } from '../../../common/localized.js';
import type { Definition, Item } from '../questionnaire.rules.js';
import { asItIs, turnedRound } from './answers.js';

/** Made up for this demo: everyday words, no published instrument, tested by nobody. A higher score is better. */

const inTwoWeeks = (code: string, text: Texts, kind: 'GOOD' | 'HARD', required = true): Item => ({
  code,
  kind: 'SCALE',
  text,
  required,
  weight: 1,
  min: 0,
  max: 4,
  steps: kind === 'GOOD' ? asItIs(0, 4) : turnedRound(0, 4),
});

export const wellbeing1: Definition = {
  code: 'wellbeing',
  version: 1,
  title: texts('How the last two weeks were', '过去两周的状态'),
  purpose: texts(
    'For looking back on two weeks, and for talking about them at the next visit. 0 means never, 4 means nearly always.',
    '用于回顾过去两周的状态，并在下次就诊时交流。0表示从不，4表示几乎总是。',
  ),
  items: [
    inTwoWeeks('rested', texts('I woke up rested.', '我醒来时感到精力恢复。'), 'GOOD'),
    inTwoWeeks('strength', texts('I had strength for what I wanted to do.', '我有精力做想做的事。'), 'GOOD'),
    inTwoWeeks('enjoyed', texts('There were things that I enjoyed.', '有让我感到开心的事。'), 'GOOD'),
    inTwoWeeks('held_back', texts('My health kept me from everyday things.', '健康状况妨碍了我的日常生活。'), 'HARD'),
    inTwoWeeks('worried', texts('Worries stayed with me for hours.', '我会长时间担忧。'), 'HARD'),
    inTwoWeeks('someone', texts('There was somebody I could turn to.', '我有可以倾诉或求助的人。'), 'GOOD', false),
  ],
  bands: [
    {
      code: 'HARD',
      from: 0,
      to: 7,
      redFlag: true,
      nextStep: texts(
        'These were hard weeks. Talk about them soon: with somebody close to you, and at an appointment within days. If you think of harming yourself, call 120 or go to an emergency department now.',
        '这两周对您来说很艰难。请尽快与亲近的人谈一谈，并在几天内预约医生。如有伤害自己的念头，请立即拨打120或前往急诊。',
      ),
    },
    {
      code: 'MIXED',
      from: 8,
      to: 15,
      redFlag: false,
      nextStep: texts(
        'Some of it was hard. Note what helped and what did not, and bring it to your next visit.',
        '这两周有好有坏。请记下哪些对您有帮助，并在下次就诊时告诉医生。',
      ),
    },
    {
      code: 'GOOD',
      from: 16,
      to: 24,
      redFlag: false,
      nextStep: texts('Go on like this, and look again in a month.', '请继续保持，一个月后再次填写。'),
    },
  ],
};
