import { describe, expect, test } from '@jest/globals';
import { InvalidInput } from '../common/errors.js';
import { DiagnosisAction, DiagnosisStatus } from './diagnosis/diagnosis.js';
import { allowedActions, checkReason, checkReport, type Decider, decidingRole } from './diagnosis/diagnosis.rules.js';
import { checkRegistration } from './profile/patient.rules.js';

const TODAY = '2026-11-22';
const registration = { displayName: 'Demo', birthDate: '2000-01-01', region: 'Beijing' };
const refusedField = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInput) return error.path?.at(-1);
    throw error;
  }
  return undefined;
};

describe('a registration', () => {
  test('is trimmed', () => {
    expect(checkRegistration({ ...registration, displayName: '  Demo ', region: ' Beijing ' }, TODAY)).toEqual(
      registration,
    );
  });

  test.each([
    ['displayName', { displayName: '   ' }],
    ['displayName', { displayName: 'x'.repeat(51) }],
    ['region', { region: '' }],
    ['region', { region: 'x'.repeat(101) }],
    ['birthDate', { birthDate: '2026-11-23' }],
    ['birthDate', { birthDate: '1895-12-31' }],
  ])('is refused for its %s: %j', (field, change) => {
    expect(refusedField(() => checkRegistration({ ...registration, ...change }, TODAY))).toBe(field);
  });

  test('of somebody born today is taken', () => {
    expect(refusedField(() => checkRegistration({ ...registration, birthDate: TODAY }, TODAY))).toBeUndefined();
  });
});

describe('a diagnosis', () => {
  const { REPORTED, VERIFIED, REFUSED } = DiagnosisStatus;
  const both = [DiagnosisAction.VERIFY, DiagnosisAction.REFUSE];

  const [HERE, ELSEWHERE, ORGANISATION, ME] = ['hospital', 'other-hospital', 'organisation', 'patient'];
  const nobody: Decider = { roles: [], hospitalId: null, worksOn: new Set(), actsFor: new Set() };
  const found = { patientId: ME, hospitalId: HERE, organisationId: ORGANISATION };

  test.each<[string, Partial<Decider>, string | undefined]>([
    ['the hospital that it names', { roles: ['HOSPITAL'], organisation: ORGANISATION }, 'HOSPITAL'],
    ['another hospital', { roles: ['HOSPITAL'], organisation: 'another' }, undefined],
    ['a sponsor of the same organisation', { roles: ['SPONSOR'], organisation: ORGANISATION }, undefined],
    ['a verified physician of that hospital', { roles: ['PHYSICIAN'], hospitalId: HERE }, 'PHYSICIAN'],
    ['a physician of another hospital', { roles: ['PHYSICIAN'], hospitalId: ELSEWHERE }, undefined],
    ['a physician who is not verified', { roles: ['PHYSICIAN'] }, undefined],
    ['a reviewer of the application', { roles: ['REVIEWER'], worksOn: new Set([ME]) }, 'REVIEWER'],
    ['another reviewer', { roles: ['REVIEWER'], worksOn: new Set(['somebody']) }, undefined],
    ['an administrator', { roles: ['ADMIN'], worksOn: new Set([ME]), hospitalId: HERE }, undefined],
  ])('is decided by who answers for it: %s', (_, caller, role) => {
    expect(decidingRole({ ...nobody, ...caller }, found)).toBe(role);
  });

  test('without an organisation that answers for its hospital is no partner’s', () => {
    expect(decidingRole({ ...nobody, roles: ['HOSPITAL'] }, { ...found, organisationId: null })).toBeUndefined();
  });

  test('is never decided by the patient or somebody who acts for them, whatever else they are', () => {
    const caller: Decider = {
      roles: ['PATIENT', 'REVIEWER', 'PHYSICIAN'],
      hospitalId: HERE,
      worksOn: new Set([ME]),
      actsFor: new Set([ME]),
    };
    expect(decidingRole(caller, found)).toBeUndefined();
    expect(decidingRole({ ...caller, actsFor: new Set() }, found)).toBe('REVIEWER');
  });

  test('that was reported is verified or refused by who decides, and not touched by others', () => {
    expect(allowedActions(REPORTED, 'HOSPITAL')).toEqual(both);
    expect(allowedActions(REPORTED, undefined)).toEqual([]);
  });

  test.each([VERIFIED, REFUSED])('that is %s is not decided again', (status) => {
    expect(allowedActions(status, 'HOSPITAL')).toEqual([]);
  });

  test('of tomorrow is refused', () => {
    expect(refusedField(() => checkReport({ diagnosedOn: '2026-11-23' }, TODAY))).toBe('diagnosedOn');
  });

  test('is refused only with a reason', () => {
    expect(refusedField(() => checkReason(DiagnosisAction.REFUSE, '  '))).toBe('reason');
    expect(checkReason(DiagnosisAction.REFUSE, ' not ours ')).toBe('not ours');
    expect(checkReason(DiagnosisAction.VERIFY, undefined)).toBeNull();
  });
});
