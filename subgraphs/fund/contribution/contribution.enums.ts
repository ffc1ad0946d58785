import { registerEnumType } from 'type-graphql';

export enum ContributionSource {
  PLATFORM = 'PLATFORM',
  CHARITY = 'CHARITY',
  MERCHANT = 'MERCHANT',
  PUBLIC = 'PUBLIC',
  SPONSOR = 'SPONSOR',
}
registerEnumType(ContributionSource, {
  name: 'ContributionSource',
  description: 'Which sort of giver money for a fund comes from.',
  valuesConfig: {
    PLATFORM: { description: 'The platform itself, from its own money.' },
    CHARITY: { description: 'A charity.' },
    MERCHANT: { description: 'A merchant, for example a part of each sale.' },
    PUBLIC: { description: 'Anybody who donates.' },
    SPONSOR: { description: 'A maker of medicines. It gives for diseases, never for a medicine of its own.' },
  },
});

export enum ContributionStatus {
  PLEDGED = 'PLEDGED',
  CLEARED = 'CLEARED',
  BOUNCED = 'BOUNCED',
}
registerEnumType(ContributionStatus, {
  name: 'ContributionStatus',
  description: 'Where a contribution stands.',
  valuesConfig: {
    PLEDGED: { description: 'Promised. Nothing of it can be granted yet.' },
    CLEARED: { description: 'The money is there and can be granted.' },
    BOUNCED: { description: 'It did not come, or was taken back; `reason` says why. Pledge anew to try again.' },
  },
});

export enum ContributionAction {
  CLEAR = 'CLEAR',
  BOUNCE = 'BOUNCE',
}
registerEnumType(ContributionAction, {
  name: 'ContributionAction',
  description: 'What may be done with a contribution.',
  valuesConfig: {
    CLEAR: { description: '`clearContribution`: the money has arrived.' },
    BOUNCE: { description: '`bounceContribution`: the money will not come, or was taken back.' },
  },
});
