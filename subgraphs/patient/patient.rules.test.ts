import { describe, expect, test } from '@jest/globals';
import { InvalidInput } from '../common/errors.js';
import { DiagnosisAction, DiagnosisStatus } from './diagnosis/diagnosis.js';
import { allowedActions, checkReason, checkReport, decidingRole } from './diagnosis/diagnosis.rules.js';
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

  test.each([
    ['HOSPITAL', both],
    ['PHYSICIAN', both],
    ['REVIEWER', both],
    ['PATIENT', []],
    ['CAREGIVER', []],
    ['ADMIN', []],
  ] as const)('that was reported is decided by a %s: %j', (role, actions) => {
    expect(allowedActions(REPORTED, [role], false)).toEqual(actions);
  });

  test('is never decided by the patient, whatever else they are', () => {
    expect(allowedActions(REPORTED, ['PATIENT', 'REVIEWER'], true)).toEqual([]);
  });

  test.each([VERIFIED, REFUSED])('that is %s is not decided again', (status) => {
    expect(allowedActions(status, ['HOSPITAL'], false)).toEqual([]);
  });

  test('is decided in the role that may, not in another of the same person', () => {
    expect(decidingRole(['PATIENT', 'REVIEWER'])).toBe('REVIEWER');
    expect(decidingRole(['PATIENT'])).toBeUndefined();
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
