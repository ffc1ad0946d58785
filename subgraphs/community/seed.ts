import {
  actorOf,
  below,
  DAY,
  diseaseOf,
  groupTime,
  HOUR,
  hash,
  MINUTE,
  moment,
  pick,
  rowId,
  type SeedTable,
} from '../common/seed.js';
import { ADJECTIVES, NOUNS } from './member/pseudonym.words.js';

/**
 * The minute in which a patient's story was published: by another sequence than the times of all else of theirs, so that
 * neither it nor the ids made of it stand beside another record's.
 */
function publishedAt(i: number): number {
  const at = groupTime(Date.UTC(2025, 1, 1), 600 * DAY, 3, 'published', i) + below(HOUR, 'told', i);
  return Math.floor(at / MINUTE) * MINUTE;
}

const NUMBERS = 2 ** 26;

/** Two words and a number of eight digits, which no other patient's has: people are given shorter ones. */
function pseudonym(i: number): string {
  const shuffled = (Math.imul(i % NUMBERS, 0x2c1b3c6d) + 0x297a2d39) & (NUMBERS - 1);
  return `${pick(ADJECTIVES, 'adjective', i)} ${pick(NOUNS, 'noun', i)} ${10_000_000 + (shuffled ^ (shuffled >>> 13))}`;
}

const TITLES = [
  'Living with {disease}',
  'What I wish I had known about {disease}',
  'How {disease} got its name in our family',
  'A good year with {disease}',
  'The long way to a diagnosis: {disease}',
] as const;

const BEGINNINGS = [
  'It began with being tired all the time, and nobody could say why.',
  'We went from one hospital to the next for years.',
  'When I first read the name I could not even pronounce it.',
  'I was a child when it was found, so I know no other life.',
] as const;

const MIDDLES = [
  'What helped most was **meeting others** who have it too.',
  'The treatment takes half a day every second week; I take a book with me.',
  'I keep a diary now: it made talking to the doctors much easier.',
  'My employer lets me work from home on the bad days, which changed everything.',
] as const;

const ENDS = [
  'Ask your questions, even those that seem small.',
  'Be patient with yourself.',
  'You are not alone with it.',
  'It does get easier.',
] as const;

const LABEL = '*This is demo text: no real person wrote it.*';

const memberId = (i: number): string => rowId('member', i, 0, publishedAt(i));

function body(i: number): string {
  const told = [pick(BEGINNINGS, 'beginning', i), pick(MIDDLES, 'middle', i), pick(ENDS, 'end', i), LABEL];
  return told.join('\n\n');
}

/** One story a patient, about the disease that they have, under a pseudonym that leads to nobody. */
export const communitySeed: readonly SeedTable[] = [
  {
    table: 'member',
    columns: ['id', 'subject', 'pseudonym', 'created_at'],
    rows: (i) => [[memberId(i), actorOf(i).subject, pseudonym(i), moment(publishedAt(i))]],
  },
  {
    table: 'story',
    columns: ['id', 'member_id', 'pseudonym', 'disease_id', 'title', 'body', 'status', 'published_at'],
    rows(i, world) {
      const at = publishedAt(i);
      const disease = diseaseOf(i, world);
      const title = pick(TITLES, 'title', i).replace('{disease}', disease.nameEn).slice(0, 120);
      const status = hash('withdrawn', i) % 50 === 0 && i > 2 ? 'DRAFT' : 'PUBLISHED';
      return [[rowId('story', i, 0, at), memberId(i), pseudonym(i), disease.id, title, body(i), status, moment(at)]];
    },
  },
];
