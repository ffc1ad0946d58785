import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { readFieldKeys, seal } from '../../common/sealed.js';
import {
  ask,
  BORN,
  CAREGIVER,
  CHILD,
  clear,
  masked,
  nationalId,
  newcomer,
  openIdentities,
  rows,
  said,
  send,
  set,
  stored,
} from './identities-under-test.js';
import { identityPlaces } from './identity.entity.js';
import { MOST_FAILED_ATTEMPTS } from './identity.rules.js';

let all: SubgraphsUnderTest;
beforeAll(async () => {
  all = await openIdentities('identity');
});
afterAll(() => all?.stop());

describe('who a patient is', () => {
  test('is told by the patient, shown masked, and in clear when asked for by itself', async () => {
    const { who, id } = await newcomer();
    expect((await masked(who, id)).data.patient.identity).toBeNull();
    expect((await clear(who, id)).data.patientIdentity).toBeNull();
    const nationalIdWritten = nationalId();
    const answer = await set(who, id, {
      nationalId: ` ${nationalIdWritten.toLowerCase()} `,
      insuranceNote: 'by the employer of the father',
    });
    const shown = {
      legalName: '测*·林*',
      nationalId: `999***********${nationalIdWritten.slice(-4)}`,
      phone: '139****5678',
      address: '演示省****',
      insurance: 'RESIDENT',
      version: 1,
    };
    expect(answer).toEqual({ __typename: 'PatientIdentity', ...shown });
    expect((await masked(who, id)).data.patient.identity).toEqual(shown);
    expect((await clear(who, id)).data.patientIdentity).toEqual({
      patientId: id,
      legalName: '测试·林月',
      nationalId: nationalIdWritten,
      phone: '13900005678',
      address: '演示省演示市演示路8号',
      insurance: 'RESIDENT',
      insuranceNote: 'by the employer of the father',
      version: 1,
    });
  });

  test('is changed by who has seen how it is, and what is left out is no longer known', async () => {
    const { who, id } = await newcomer();
    const same = { nationalId: nationalId() };
    await set(who, id, same);
    expect(await set(who, id, same)).toMatchObject({ code: 'STALE_VERSION', currentVersion: 1 });
    expect(await set(who, id, { ...same, expectedVersion: 2 })).toMatchObject({ code: 'STALE_VERSION' });
    const changed = await set(who, id, {
      ...same,
      phone: '13700000001',
      address: null,
      insurance: 'NONE',
      expectedVersion: 1,
    });
    expect(changed).toMatchObject({ phone: '137****0001', address: null, insurance: 'NONE', version: 2 });
    const nobody = await newcomer();
    expect(await set(nobody.who, nobody.id, { expectedVersion: 1 })).toMatchObject({
      path: ['input', 'expectedVersion'],
    });
  });

  test('keeps its national id, also against the database’s serving role', async () => {
    const { who, id } = await newcomer();
    await set(who, id);
    const before = await stored(id);
    const refused = await set(who, id, { expectedVersion: 1 });
    expect(refused).toMatchObject({ code: 'NOT_ALLOWED', path: ['input', 'nationalId'] });
    expect(await stored(id)).toEqual(before);
    const serving = await all.serving('patient');
    for (const column of ['national_id_sealed', 'national_id_index', 'patient_id'])
      await expect(serving.query(`update patient_identity set ${column} = ${column}`)).rejects.toThrow(
        'permission denied',
      );
    await expect(serving.query('delete from patient_identity')).rejects.toThrow('permission denied');
  });

  test('must agree with the record, and is told in what it does not, without a value', async () => {
    const born = await newcomer('1990-02-04');
    const id = nationalId();
    const birth = await set(born.who, born.id, { nationalId: id });
    expect(birth).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'nationalId'] });
    expect(birth.message).toMatch(/birth date/);
    const man = await newcomer(BORN, 'MALE');
    const sex = await set(man.who, man.id, { nationalId: id });
    expect(sex.message).toMatch(/^The sex/);
    for (const { message } of [birth, sex]) expect(message).not.toMatch(/\d/);
    const other = await newcomer(BORN, 'OTHER');
    expect(await set(other.who, other.id, { nationalId: id })).toMatchObject({ version: 1 });
  });

  test('is set once a key, and the same key with any other value is a conflict', async () => {
    const { who, id } = await newcomer();
    const input = said(id, { insuranceNote: 'a note' });
    const first = await send(who, input);
    const again = await send(who, input);
    expect(again).toEqual({ ...first, replayed: true });
    for (const change of [
      { legalName: 'Somebody Else' },
      { nationalId: nationalId() },
      { phone: '13700000002' },
      { address: null },
      { insurance: 'NONE' },
      { insuranceNote: 'another' },
    ]) {
      expect((await send(who, { ...input, ...change })).data.setPatientIdentity).toMatchObject({
        code: 'IDEMPOTENCY_CONFLICT',
      });
    }
  });

  test('leaves no hash by which a number could be tried', async () => {
    const { who, id } = await newcomer();
    const input = said(id);
    await send(who, input);
    const [kept] = await rows('select input_hash from patient.idempotency_key where key = $1', [input.idempotencyKey]);
    // as `once` hashes an input that is handed to it as it came, or in the form in which it is kept: fields in order
    const guesses = [input, { ...input, phone: '13900005678' }].flatMap((each) =>
      [each, { ...each, expectedVersion: null }, { ...each, expectedVersion: null, insuranceNote: null }].map((guess) =>
        createHash('sha256')
          .update(JSON.stringify(Object.fromEntries(Object.entries(guess).sort())))
          .digest('hex'),
      ),
    );
    expect(kept.input_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(guesses).not.toContain(kept.input_hash);
    expect((await stored(id)).national_id_index).not.toBe(
      createHash('sha256').update(input.nationalId).digest('base64url'),
    );
  });

  test('is set once by many who set the first at the same time', async () => {
    const { who, id } = await newcomer();
    const same = { nationalId: nationalId() };
    const answers = await Promise.all(Array.from({ length: 4 }, () => set(who, id, same)));
    expect(answers.filter(({ version }) => version === 1)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'STALE_VERSION')).toHaveLength(3);
  });
});

describe('a national id', () => {
  const attempts = async ({ subject }: Identity) =>
    (await rows('select failed from patient.identity_attempt where caller = $1', [subject]))[0]?.failed ?? 0;

  test('registers once: of many patients with it at once, one has it', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => newcomer()));
    const same = { nationalId: nationalId() };
    const answers = await Promise.all(people.map(({ who, id }) => set(who, id, same)));
    expect(answers.filter(({ version }) => version === 1)).toHaveLength(1);
    const refused = answers.filter(({ __typename }) => __typename === 'NationalIdRegistered');
    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({ code: 'ALREADY_REGISTERED', path: ['input', 'nationalId'] });
    expect(refused[0].message).not.toMatch(/\d/);
  });

  test('of another can be hit upon a few times a day; then it is said when to go on, and nothing is looked up', async () => {
    const taken = { nationalId: nationalId() };
    const owner = await newcomer();
    await set(owner.who, owner.id, taken);
    const { who, id } = await newcomer();
    // all at once: none of them may slip through between the look and the count
    const answers = await Promise.all(Array.from({ length: MOST_FAILED_ATTEMPTS + 4 }, () => set(who, id, taken)));
    const kinds = answers.map(({ __typename }) => __typename).sort();
    expect(kinds.filter((kind) => kind === 'NationalIdRegistered')).toHaveLength(MOST_FAILED_ATTEMPTS);
    const limited = answers.find(({ __typename }) => __typename === 'TooManyAttempts');
    expect(limited).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', path: ['input', 'nationalId'] });
    const wait = Date.parse(limited.retryAt) - Date.now();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(86_400_000);
    expect(await attempts(who)).toBe(MOST_FAILED_ATTEMPTS);
    // one that is free is refused alike, so that the limit tells nothing
    expect(await set(who, id)).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' });
    const next = await newcomer();
    expect(await set(next.who, next.id, taken)).toMatchObject({ code: 'ALREADY_REGISTERED' });
    await rows(`update patient.identity_attempt set day = day - 1 where caller = $1`, [who.subject]);
    expect(await set(who, id)).toMatchObject({ version: 1 });
  });

  test('that fails for another reason, or is one’s own, is no failed attempt', async () => {
    const { who, id } = await newcomer();
    const own = { nationalId: nationalId() };
    for (const change of [
      { nationalId: '1' },
      { expectedVersion: 4 },
      { phone: '1' },
      { nationalId: '11010519491231002X' },
      own,
      own,
    ])
      await set(who, id, change);
    expect((await stored(id)).version).toBe(1);
    expect(await attempts(who)).toBe(0);
  });
});

describe('a value that cannot be opened', () => {
  const COLUMNS = [
    'legal_name_sealed',
    'national_id_sealed',
    'phone_sealed',
    'address_sealed',
    'insurance_note_sealed',
  ];
  const flipped = (text: string) => {
    const box = Buffer.from(text.split('.')[2] as string, 'base64url');
    box[box.length - 1] = (box[box.length - 1] as number) ^ 1;
    return [...text.split('.').slice(0, 2), box.toString('base64url')].join('.');
  };
  type Damage = (row: Record<string, string>, column: string) => Promise<string> | string;
  const damages: [string, Damage][] = [
    ['from another row', async (_, column) => (await stored(otherId))[column]],
    [
      'from another column',
      (row, column) => row[COLUMNS[(COLUMNS.indexOf(column) + 1) % COLUMNS.length] as string] as string,
    ],
    ['truncated', (row, column) => (row[column] as string).slice(0, -4)],
    ['with a flipped bit', (row, column) => flipped(row[column] as string)],
    ['under a key that is gone', (row, column) => (row[column] as string).replace(/^v1\.[^.]+/, 'v1.gone')],
    ['that was never sealed', () => 'v1.13800001234'],
  ];
  let otherId: string;
  beforeAll(async () => {
    const other = await newcomer();
    otherId = other.id;
    await set(other.who, otherId, { insuranceNote: 'of the other' });
  });

  test.each(damages)('%s costs the identity alone, is said clearly, and is not written over', async (name, damage) => {
    const { who, id } = await newcomer();
    const own = { nationalId: nationalId(), insuranceNote: 'a note' };
    await set(who, id, own);
    const good = await stored(id);
    const columns = name === 'with a flipped bit' ? COLUMNS : ['national_id_sealed', 'phone_sealed'];
    for (const column of columns) {
      const bad = await damage(good, column);
      await rows(`update patient.patient_identity set ${column} = $2 where patient_id = $1`, [id, bad]);
      const before = await stored(id);
      const shown = await masked(who, id);
      expect(shown.data).toEqual({ patient: { id, displayName: 'Newcomer', identity: null } });
      expect((await clear(who, id)).data).toEqual({ patientIdentity: null });
      const refused = await send(who, said(id, { ...own, expectedVersion: 1 }));
      expect(refused.data).toEqual({ setPatientIdentity: null });
      for (const { errors } of [shown, await clear(who, id), refused]) {
        expect(errors).toHaveLength(1);
        expect(errors[0].extensions).toEqual({ code: 'DATA_UNREADABLE' });
        expect(errors[0].message).toMatch(
          /^This value cannot be read at the moment. It has not been changed. Tell the operator/,
        );
        expect(JSON.stringify(errors)).not.toMatch(/sealed|v1|patient_identity/);
      }
      expect(await stored(id)).toEqual(before);
      await rows(`update patient.patient_identity set ${column} = $2 where patient_id = $1`, [id, good[column]]);
    }
    expect((await clear(who, id)).data.patientIdentity.phone).toBe('13900005678');
  });

  test('costs nothing to others in the same list', async () => {
    const { id } = await newcomer();
    await rows(
      `insert into patient.care_relationship (id, patient_id, caregiver_subject, scopes, granted_at) values ($1, $2, 'demo-caregiver', '{VIEW}', now())`,
      [newId(), id],
    );
    const keys = readFieldKeys(process.env.TEST_KEYS_DIR as string);
    await rows(
      `insert into patient.patient_identity select $1, $2, $3, $4, phone_sealed, null, 'NONE', null, now() from patient.patient_identity where patient_id = $5`,
      [
        id,
        seal(keys, identityPlaces(id).legalName, 'Readable Name'),
        seal(keys, identityPlaces(id).nationalId, nationalId()),
        'x'.repeat(43),
        CHILD,
      ],
    );
    const { data, errors } = await ask(CAREGIVER, '{ me { patients { id maskedName identity { legalName } } } }');
    const of = new Map(data.me.patients.map((each: Answer) => [each.id, each]));
    expect(of.get(id)).toEqual({ id, maskedName: 'R** N**', identity: null });
    expect(of.get(CHILD)).toMatchObject({
      maskedName: expect.any(String),
      identity: { legalName: expect.any(String) },
    });
    expect(errors.map(({ extensions }: Answer) => extensions.code)).toEqual(['DATA_UNREADABLE']);
  });
});
