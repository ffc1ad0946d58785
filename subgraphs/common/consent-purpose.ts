import { registerEnumType } from 'type-graphql';

/** What a patient agrees to, each by itself. Kept and answered by the patient subgraph; the others name it when it is missing. */
export enum ConsentPurpose {
  TREATMENT = 'TREATMENT',
  AID_REVIEW = 'AID_REVIEW',
  SHARE_WITH_PHARMACY = 'SHARE_WITH_PHARMACY',
  COMMUNITY_PROFILE = 'COMMUNITY_PROFILE',
  RESEARCH_STATISTICS = 'RESEARCH_STATISTICS',
}
registerEnumType(ConsentPurpose, {
  name: 'ConsentPurpose',
  description: 'What somebody may use a patient’s data for.',
  valuesConfig: {
    TREATMENT: { description: 'Physicians see the record of a patient whom they treat.' },
    AID_REVIEW: { description: 'Reviewers of the foundation see diagnoses and papers, to decide about aid.' },
    SHARE_WITH_PHARMACY: { description: 'The pharmacy uses name, address, phone and prescriptions, to send medicine.' },
    COMMUNITY_PROFILE: { description: 'The disease is shown beside the pseudonym in the community.' },
    RESEARCH_STATISTICS: { description: 'The patient is counted in statistics that name nobody.' },
  },
});
