import { registerEnumType } from 'type-graphql';

/** Where somebody stands with a disease: what care plans are made for, and articles chosen by. */
export enum CareStage {
  NEWLY_DIAGNOSED = 'NEWLY_DIAGNOSED',
  ACTIVE = 'ACTIVE',
  REMISSION = 'REMISSION',
  LONG_TERM = 'LONG_TERM',
}
registerEnumType(CareStage, {
  name: 'CareStage',
  description: 'Where somebody stands with a disease.',
  valuesConfig: {
    NEWLY_DIAGNOSED: { description: 'The diagnosis is new; treatment begins.' },
    ACTIVE: { description: 'The disease is active: there are symptoms or findings.' },
    REMISSION: { description: 'There are few or no symptoms; treatment keeps it so.' },
    LONG_TERM: { description: 'Steady for years: living with the disease.' },
  },
});
