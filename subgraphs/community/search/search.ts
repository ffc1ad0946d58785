import { registerEnumType } from 'type-graphql';

export enum PostOrder {
  NEWEST = 'NEWEST',
  MOST_HELPFUL = 'MOST_HELPFUL',
}
registerEnumType(PostOrder, {
  name: 'PostOrder',
  description:
    'In which order posts are listed. What is published while you page is not in the pages that follow, and nothing comes twice.',
  valuesConfig: {
    NEWEST: { description: 'What was published last comes first.' },
    MOST_HELPFUL: {
      description:
        'What most readers found helpful comes first, the newest first among equals. Counted anew every 15 minutes.',
    },
  },
});
