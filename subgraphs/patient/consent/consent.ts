import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { DateTime } from '../../common/scalars.js';

@ObjectType({
  simpleResolvers: true,
  description: 'What a consent says, word for word. A text is never changed: a new one gets the next number.',
})
@Public()
export class ConsentText {
  @Field(() => ConsentPurpose, { description: 'What it is a consent to.' })
  readonly purpose!: ConsentPurpose;

  @Field(() => Int, { description: 'Counts the texts of a purpose, from 1: send it as `textNumber`.' })
  readonly number!: number;

  @Field(() => String, { description: 'The text in English.' })
  readonly textEn!: string;

  @Field(() => String, { description: 'The text in Chinese.' })
  readonly textZh!: string;

  @Field(() => DateTime, { description: 'From when on it is the one to agree to.' })
  readonly effectiveFrom!: string;
}

export enum ConsentAction {
  WITHDRAW = 'WITHDRAW',
}
registerEnumType(ConsentAction, {
  name: 'ConsentAction',
  description: 'What may be done with a consent.',
  valuesConfig: { WITHDRAW: { description: '`withdrawConsent`: what rests on it stops at once.' } },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'A patient agreed to something. Given and withdrawn by the patient, or a caregiver with the scope CARE; kept after it was withdrawn.',
})
@RequiresScopes('patient:self', 'care:provide')
export class Consent {
  @Field(() => ID, { description: 'Identifies the consent.' })
  readonly id!: string;

  @Field(() => ConsentPurpose, { description: 'What for.' })
  readonly purpose!: ConsentPurpose;

  @Field(() => ID, {
    nullable: true,
    description: 'The one physician or organisation whom it is for; null: whoever serves the purpose.',
  })
  readonly recipientId!: string | null;

  @Field(() => ConsentText, { description: 'What was agreed to, word for word.' })
  readonly text!: ConsentText;

  @Field(() => Boolean, {
    description:
      'Whether there is a newer text by now. The consent holds all the same; agree to the newer one by `giveConsent`.',
  })
  readonly textOutdated!: boolean;

  @Field(() => Boolean, { description: 'Whether a caregiver gave it for the patient.' })
  readonly byCaregiver!: boolean;

  @Field(() => DateTime, { description: 'When it was given.' })
  readonly givenAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was withdrawn; null while it holds.' })
  readonly withdrawnAt!: string | null;

  @Field(() => [ConsentAction], { description: 'What you may do with it now.' })
  readonly allowedActions!: readonly ConsentAction[];

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion`.' })
  readonly version!: number;
}
