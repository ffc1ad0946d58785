import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import { Appointment, Medicine, Patient, Physician } from '../stubs.js';
import { PrescriptionStatus } from './prescription.enums.js';

/** Scopes of those who may meet a prescription at all; which ones, row rules say. */
export const PRESCRIPTION_SCOPES = ['pharmacy:order', 'pharmacy:dispense', 'prescription:write'] as const;

@ObjectType({
  simpleResolvers: true,
  description:
    'What a physician prescribes to a patient: one medicine. Seen by the patient, their caregivers with the scope VIEW, pharmacists, and by the physician who wrote it while they treat the patient; the others get null.',
})
@Directive('@key(fields: "id")')
@RequiresScopes(...PRESCRIPTION_SCOPES)
export class Prescription {
  @Field(() => ID, { description: 'Identifies the prescription; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'A number that people can read out, for example `RP-2026-000123`.' })
  readonly number!: string;

  @Field(() => Medicine, { nullable: true, description: 'What is prescribed.' })
  readonly medicine!: Medicine;

  @Field(() => String, { description: 'How it is to be taken. 1 to 500 characters.' })
  readonly dose!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What the physician adds for the patient and the pharmacist. 1 to 1,000 characters.',
  })
  readonly note!: string | null;

  @Field(() => Int, { description: 'Packages of one supply, from 1 to 100.' })
  readonly quantity!: number;

  @Field(() => Int, { description: 'How often it may be supplied again, from 0 to 24.' })
  readonly refills!: number;

  @Field(() => Int, { description: 'Packages in all: `quantity` times (`refills` + 1).' })
  readonly total!: number;

  @Field(() => Int, { description: 'Packages in orders that are neither cancelled nor returned.' })
  readonly used!: number;

  @Field(() => Int, {
    description: 'Packages that are left to order, in as many orders as you like: `total` less `used`.',
  })
  readonly left!: number;

  @Field(() => LocalDate, { description: 'The last day, in Shanghai, on which can be ordered by it.' })
  readonly validUntil!: string;

  @Field(() => PrescriptionStatus, { description: 'How it stands today.' })
  readonly status!: PrescriptionStatus;

  @Field(() => DateTime, { description: 'When the physician wrote it.' })
  readonly issuedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When a pharmacist approved or refused it; null until then.' })
  readonly checkedAt!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why the pharmacist approved or refused it, in their words; null until then. 1 to 500 characters.',
  })
  readonly checkReason!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why the physician took it back, in their words; null unless it is WITHDRAWN. 1 to 500 characters.',
  })
  readonly withdrawReason!: string | null;

  @Field(() => Physician, { nullable: true, description: 'Who wrote it.' })
  readonly physician!: Physician;

  @Field(() => Appointment, { nullable: true, description: 'The consultation that it came out of, if any.' })
  readonly appointment!: Appointment | null;

  @Field(() => Patient, { nullable: true, description: 'For whom it is.' })
  readonly patient!: Patient;

  @Field(() => Int, {
    description:
      'Counts what physician and pharmacist do: send it as `expectedVersion`. Orders by it do not change it.',
  })
  readonly version!: number;
}
