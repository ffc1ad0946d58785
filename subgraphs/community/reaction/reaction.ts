import { registerEnumType } from 'type-graphql';

export enum ReactionKind {
  HELPFUL = 'HELPFUL',
  THANKS = 'THANKS',
  WITH_YOU = 'WITH_YOU',
}
registerEnumType(ReactionKind, {
  name: 'ReactionKind',
  description: 'How a post reached its reader. More kinds may be added: leave out one that you do not know.',
  valuesConfig: {
    HELPFUL: { description: 'It was helpful.' },
    THANKS: { description: 'Thank you.' },
    WITH_YOU: { description: 'I am with you.' },
  },
});
