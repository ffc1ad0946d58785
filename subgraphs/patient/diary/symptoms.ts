import { type Texts, texts } from '../../common/localized.js';

/** Something that a diary notes, from 0 (not at all) to 10 (as bad as can be). */
export interface KnownSymptom {
  readonly code: string;
  readonly name: Texts;
  /** Since which version of the vocabulary it is there. */
  readonly since: number;
}

/** Goes up whenever something is added. Nothing is ever taken out or given another meaning: entries of before name it. */
export const VOCABULARY_VERSION = 1;

export const SYMPTOMS: readonly KnownSymptom[] = [
  { code: 'fatigue', name: texts('Fatigue', '疲劳'), since: 1 },
  { code: 'pain', name: texts('Pain', '疼痛'), since: 1 },
  { code: 'stool_frequency', name: texts('Frequent or loose stools', '大便次数增多或变稀'), since: 1 },
  { code: 'bleeding', name: texts('Bleeding', '出血'), since: 1 },
  { code: 'fever', name: texts('Fever', '发热'), since: 1 },
  { code: 'breathlessness', name: texts('Breathlessness', '呼吸困难'), since: 1 },
  { code: 'nausea', name: texts('Nausea', '恶心'), since: 1 },
  { code: 'weakness', name: texts('Muscle weakness', '肌无力'), since: 1 },
  { code: 'sleep', name: texts('Poor sleep', '睡眠差'), since: 1 },
  { code: 'low_mood', name: texts('Low mood', '情绪低落'), since: 1 },
];

export const SYMPTOM_CODES: ReadonlySet<string> = new Set(SYMPTOMS.map(({ code }) => code));
