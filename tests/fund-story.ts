import type { Person } from './client.js';
import { agrees, type Step, shows, step, Unexpected } from './story.js';
import { until } from './until.js';

/**
 * Money from those who give it to a family that needs it, and back: as steps that follow each other. Each application is
 * about a new child, and the fund is a new one, so it can be told again on the same data.
 */

const PEOPLE = [
  'caregiver',
  'hospital',
  'reviewer',
  'second-reviewer',
  'third-reviewer',
  'fourth-reviewer',
  'finance',
  'second-finance',
  'sponsor',
  'other-sponsor',
  'admin',
  'other-patient',
] as const;
type Name = (typeof PEOPLE)[number];

const CNY = (amount: string) => ({ amount, currency: 'CNY' });
const APPLICATION = '... on Application { id number status version allowedActions }';
const CLAIM =
  '... on Claim { id number status version allowedActions reason award { amount { amount } binding explanation } }';
const BATCH = '... on PayoutBatch { id number status version total { amount } count allowedActions }';

/** An application, and whom it is for. */
interface Case {
  readonly patientId: string;
  id: string;
}

export class FundStory {
  diseaseId = '';
  fundId = '';
  contribution = { id: '', version: 0 };
  /** Asked for more, recused from, passed: waits for money. */
  first: Case = { patientId: '', id: '' };
  /** Rejected, appealed against, waits behind the first. */
  second: Case = { patientId: '', id: '' };
  claim = { id: '', version: 0 };
  batch = { id: '', version: 0 };

  private constructor(
    readonly anyone: Person,
    private readonly people: ReadonlyMap<string, Person>,
  ) {}

  /** Signs everybody in. @param person gives a demo person or partner */
  static async begin(person: (name: string) => Promise<Person>, anyone: Person): Promise<FundStory> {
    const signedIn = PEOPLE.map(async (name) => [name, await person(name)] as const);
    return new FundStory(anyone, new Map(await Promise.all(signedIn)));
  }

  who(name: Name): Person {
    return this.people.get(name) as Person;
  }

  get family(): Person {
    return this.who('caregiver');
  }

  async see({ id }: Case, by: Name = 'caregiver') {
    const { data, errors } = await this.who(by).ask(
      'query($id: ID!) { application(id: $id) { id status version allowedActions deadlineAt timeline { status } reviews { stage round decision } grant { id status version maximum { amount } paid { amount } } } }',
      { id },
    );
    if (errors.length > 0) throw new Unexpected('no errors', errors);
    return data.application;
  }

  /** Somebody does the next thing with an application as they see it now. */
  async act(by: Name, of: Case, mutation: string, input: object = {}) {
    const seen = await this.see(of, by);
    return this.who(by).does(
      mutation,
      { applicationId: of.id, expectedVersion: seen?.version ?? 0, ...input },
      `${APPLICATION} ... on ApplicationWrongState { status permitted }`,
    );
  }

  /** Takes the open stage and decides it. */
  async reviews(by: Name, of: Case, decision: string) {
    const taken = await this.act(by, of, 'takeReview');
    if (taken.__typename !== 'Application') return taken;
    return this.act(by, of, 'decideReview', { decision, reason: `It is ${decision} by story.` });
  }

  /** A child with a diagnosis that its hospital has verified, and a drafted application. */
  async draft(): Promise<Case> {
    const { data } = await this.anyone.ask(
      '{ hospitals(search: "Peking Union Medical College Hospital", first: 1) { nodes { id } } }',
    );
    const child = await this.family.does(
      'registerPatient',
      { relation: 'DEPENDANT', displayName: 'Story Child', birthDate: '2020-02-29', sex: 'MALE', region: 'Gansu' },
      '... on Patient { id }',
    );
    const { diseaseId } = this;
    const diagnosis = await this.family.does(
      'reportDiagnosis',
      { patientId: child.id, diseaseId, hospitalId: data.hospitals.nodes[0].id, diagnosedOn: '2024-02-29' },
      '... on Diagnosis { id version }',
    );
    await agrees(this.family, child.id, 'AID_REVIEW');
    const wish = { diseaseId, expectedExpense: CNY('60000.00') };
    const asked = await this.eligibility(this.family, { ...wish, patientId: child.id });
    shows(asked, { eligible: false, reasons: ['DIAGNOSIS_NOT_VERIFIED'], patientChecked: true, upTo: null });
    await this.who('hospital').does(
      'decideDiagnosis',
      { diagnosisId: diagnosis.id, decision: 'VERIFY', expectedVersion: diagnosis.version },
      '... on Diagnosis { status }',
    );
    shows(await this.eligibility(this.family, { ...wish, patientId: child.id }), {
      eligible: true,
      reasons: [],
      tier: 'II',
      upTo: { amount: '24000.00' },
    });
    const made = await this.family.does('draftApplication', { patientId: child.id, ...wish }, APPLICATION);
    shows(made, { status: 'DRAFT' });
    return { patientId: child.id, id: made.id };
  }

  async eligibility(by: Person, variables: Record<string, unknown>) {
    const { data } = await by.ask(
      'query($diseaseId: ID!, $expectedExpense: MoneyInput!, $patientId: ID) { aidEligibility(diseaseId: $diseaseId, expectedExpense: $expectedExpense, patientId: $patientId) { eligible reasons patientChecked tier sharePercent upTo { amount } fund { id } } }',
      variables,
    );
    return data.aidEligibility;
  }

  async balance() {
    const { data, errors } = await this.who('finance').ask(
      'query($id: ID!) { fund(id: $id) { waiting balance { contributed { amount } available { amount } reserved { amount } payable { amount } inTransit { amount } paidOut { amount } receivable { amount } shortfall { amount } } } }',
      { id: this.fundId },
    );
    if (errors.length > 0) throw new Unexpected('no errors', errors);
    const { waiting, balance } = data.fund;
    return {
      waiting,
      ...Object.fromEntries(Object.entries(balance).map(([name, of]) => [name, (of as { amount: string }).amount])),
    };
  }

  async seeClaim(by: Name = 'caregiver') {
    const { data } = await this.who(by).ask(
      `query($id: ID!) { claim(id: $id) { id status version allowedActions takenBack { amount } payouts { status amount { amount } reasonCode } clawBacks { id status version amount { amount } } } }`,
      { id: this.claim.id },
    );
    return data.claim;
  }

  async actOnClaim(by: Name, mutation: string, input: object = {}) {
    const { version } = await this.seeClaim(by);
    return this.who(by).does(mutation, { claimId: this.claim.id, expectedVersion: version, ...input }, CLAIM);
  }

  /** All that is approved goes into a batch, which the other officer releases. */
  async pays() {
    this.batch = await this.who('finance').does('createPayoutBatch', { fundId: this.fundId }, BATCH);
    shows(this.batch, { status: 'OPEN', count: 1 });
    const release = (by: Name) =>
      this.who(by).does('releasePayoutBatch', { batchId: this.batch.id, expectedVersion: this.batch.version }, BATCH);
    // who approved the claim does not release the money for it
    shows(await release('finance'), { code: 'NOT_ALLOWED' });
    return release('second-finance');
  }
}

const by = (text: string, run: (story: FundStory) => Promise<void>) => step<FundStory>(text, run);

export const FUND_STORY: readonly Step<FundStory>[] = [
  by('an administrator makes a fund for a disease that no other fund is for', async (story) => {
    const { data } = await story.anyone.ask(
      '{ diseases(first: 100, after: null) { nodes { id catalogNo } } disease(catalogNo: 150) { id } }',
    );
    story.diseaseId = data.disease.id;
    const wish = { diseaseId: story.diseaseId, expectedExpense: CNY('60000.00') };
    const code = `STORY-${crypto.randomUUID().slice(0, 8).toUpperCase()}`;
    const fund = await story
      .who('admin')
      .does(
        'createFund',
        { code, nameEn: 'Story fund', nameZh: '故事基金', diseaseIds: [story.diseaseId] },
        '... on Fund { id status }',
      );
    shows(fund, { status: 'OPEN' });
    story.fundId = fund.id;
    // anybody may ask what could be had, without saying who they are
    shows(await story.eligibility(story.anyone, wish), {
      eligible: true,
      patientChecked: false,
      tier: 'II',
      sharePercent: 40,
      upTo: { amount: '24000.00' },
    });
  }),

  by('a sponsor pledges money in its own name; another sponsor sees nothing of it', async (story) => {
    const pledged = await story
      .who('sponsor')
      .does(
        'pledgeContribution',
        { fundId: story.fundId, amount: CNY('30000.00') },
        '... on Contribution { id status }',
      );
    shows(pledged, { status: 'PLEDGED' });
    const { data } = await story
      .who('other-sponsor')
      .ask('query($id: ID!) { contribution(id: $id) { id } }', { id: pledged.id });
    shows(data, { contribution: null });
    const seen = await story
      .who('finance')
      .ask('query($id: ID!) { contribution(id: $id) { id version source } }', { id: pledged.id });
    shows(seen.data, { contribution: { id: pledged.id, source: 'SPONSOR' } });
    story.contribution = seen.data.contribution;
    shows(await story.balance(), { available: '0.00', contributed: '0.00' });
  }),

  by('two families apply, and a third takes its application back', async (story) => {
    story.first = await story.draft();
    shows(await story.act('caregiver', story.first, 'submitApplication'), { status: 'SUBMITTED' });
    story.second = await story.draft();
    shows(await story.act('caregiver', story.second, 'submitApplication'), { status: 'SUBMITTED' });
    const third = await story.draft();
    shows(await story.act('caregiver', third, 'submitApplication'), { status: 'SUBMITTED' });
    shows(await story.act('caregiver', third, 'withdrawApplication'), { status: 'WITHDRAWN', allowedActions: [] });
    const fourth = await story.draft();
    shows(await story.act('caregiver', fourth, 'withdrawApplication'), { status: 'WITHDRAWN' });
  }),

  by('a reviewer asks the first family for more, and gets it', async (story) => {
    shows(await story.reviews('reviewer', story.first, 'REQUEST_INFORMATION'), { status: 'INFORMATION_REQUESTED' });
    shows(await story.act('caregiver', story.first, 'submitApplication'), { status: 'IN_REVIEW' });
  }),

  by('that reviewer recuses themselves, and can take it no more', async (story) => {
    shows(
      await story.act('reviewer', story.first, 'decideReview', { decision: 'RECUSE', reason: 'I know the family.' }),
      {
        status: 'IN_REVIEW',
        allowedActions: [],
      },
    );
    shows(await story.act('reviewer', story.first, 'takeReview'), {
      __typename: 'ApplicationWrongState',
      permitted: [],
    });
  }),

  by('others pass it, and as there is no money it waits', async (story) => {
    shows(await story.reviews('second-reviewer', story.first, 'APPROVE'), { status: 'IN_REVIEW' });
    shows(await story.reviews('second-reviewer', story.first, 'APPROVE'), { status: 'IN_REVIEW' });
    // not both the medicine and the money
    shows(await story.act('second-reviewer', story.first, 'takeReview'), {
      __typename: 'ApplicationWrongState',
      permitted: [],
    });
    shows(await story.reviews('third-reviewer', story.first, 'APPROVE'), { status: 'WAITLISTED' });
    shows(await story.see(story.first), { grant: null, allowedActions: ['WITHDRAW'] });
    shows(await story.balance(), { waiting: 1 });
  }),

  by('the second is rejected; the family appeals, once, and others hear it', async (story) => {
    shows(await story.reviews('reviewer', story.second, 'REJECT'), { status: 'REJECTED' });
    shows(await story.see(story.second), { allowedActions: ['APPEAL'] });
    shows(
      await story.act('caregiver', story.second, 'appealApplication', { reason: 'The certificate was overlooked.' }),
      {
        status: 'APPEALED',
      },
    );
    shows(await story.act('reviewer', story.second, 'takeReview'), {
      __typename: 'ApplicationWrongState',
      permitted: [],
    });
    for (const [name, status] of [
      ['second-reviewer', 'IN_REVIEW'],
      ['second-reviewer', 'IN_REVIEW'],
      ['third-reviewer', 'WAITLISTED'],
    ] as const) {
      shows(await story.reviews(name, story.second, 'APPROVE'), { status });
    }
    shows(await story.balance(), { waiting: 2 });
  }),

  by('the money comes in: the first in the list is granted by itself, and the second waits on', async (story) => {
    const { id: contributionId, version } = story.contribution;
    const cleared = await story
      .who('finance')
      .does('clearContribution', { contributionId, expectedVersion: version }, '... on Contribution { status }');
    shows(cleared, { status: 'CLEARED' });
    const first = await until(
      () => story.see(story.first),
      ({ status }) => status === 'APPROVED',
      { seconds: 10, everyMs: 50 },
    );
    shows(first, {
      grant: { status: 'ACTIVE', maximum: { amount: '24000.00' } },
      allowedActions: ['ENTER_CLAIM'],
      timeline: [
        'DRAFT',
        'SUBMITTED',
        'IN_REVIEW',
        'INFORMATION_REQUESTED',
        'IN_REVIEW',
        'IN_REVIEW',
        'WAITLISTED',
        'APPROVED',
      ].map((status) => ({ status })),
    });
    shows(await story.see(story.second), { status: 'WAITLISTED' });
    shows(await story.balance(), { contributed: '30000.00', available: '6000.00', reserved: '24000.00', waiting: 1 });
  }),

  by(
    'a rejected application of another family stays so when nobody appeals, and one in review can be taken back',
    async (story) => {
      const other = await story.draft();
      await story.act('caregiver', other, 'submitApplication');
      shows(await story.reviews('third-reviewer', other, 'APPROVE'), { status: 'IN_REVIEW' });
      shows(await story.act('caregiver', other, 'withdrawApplication'), { status: 'WITHDRAWN' });
      shows(await story.act('caregiver', story.second, 'withdrawApplication'), { status: 'WITHDRAWN' });
      shows(await story.balance(), { waiting: 0 });
    },
  ),

  by('the family claims an invoice of which others paid a part', async (story) => {
    const invoice = {
      issuer: 'Story hospital',
      number: `S-${crypto.randomUUID()}`,
      incurredOn: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
      amount: CNY('10000.00'),
    };
    const expenses = [{ invoice, paidByOthers: [{ payer: 'BASIC_INSURANCE', amount: CNY('4000.01') }] }];
    const entered = await story.family.does('enterClaim', { applicationId: story.first.id, expenses }, CLAIM);
    shows(entered, { status: 'ENTERED', allowedActions: ['WITHDRAW'] });
    story.claim = entered;
    const again = await story.family.does(
      'enterClaim',
      { applicationId: story.first.id, expenses },
      '... on ExpenseNotClaimable { problems { expense problem } }',
    );
    shows(again, { code: 'EXPENSE_NOT_CLAIMABLE', problems: [{ expense: 0, problem: 'ALREADY_CLAIMED' }] });
  }),

  by('a reviewer checks it, a finance officer decides it, and the award is explained', async (story) => {
    shows(await story.actOnClaim('reviewer', 'checkClaim', { decision: 'PASS', reason: 'The invoice is in order.' }), {
      status: 'CHECKED',
    });
    const decided = await story.actOnClaim('finance', 'decideClaim', {
      decision: 'APPROVE',
      reason: 'As the policy says.',
    });
    // 40 % of 5,999.99, rounded down to the fen
    shows(decided, { status: 'APPROVED', award: { amount: { amount: '2399.99' }, binding: 'SHARE_OF_SELF_PAID' } });
    shows(await story.balance(), { reserved: '21600.01', payable: '2399.99' });
  }),

  by('without an account it cannot be paid: it comes back, and the family gives one', async (story) => {
    shows(await story.pays(), { __typename: 'PayoutBatch' });
    shows(await story.seeClaim(), { status: 'APPROVED', payouts: [{ status: 'RETURNED', reasonCode: 'NO_ACCOUNT' }] });
    const account = await story.family.does(
      'setPayoutAccount',
      {
        patientId: story.first.patientId,
        holderName: 'Story Family',
        accountNumber: '6222 0000 0000 8888',
        bankCode: '999000000001',
        expectedVersion: null,
      },
      '... on PayoutAccount { maskedNumber }',
    );
    shows(account, { __typename: 'PayoutAccount' });
  }),

  by('the next batch is released by another officer than who approved, and the bank pays', async (story) => {
    shows(await story.pays(), { status: 'RELEASED' });
    const paid = await until(
      () => story.seeClaim(),
      ({ status }) => status === 'PAID',
      { seconds: 10, everyMs: 50 },
    );
    shows(paid.payouts.map(({ status }: { status: string }) => status).sort(), ['PAID', 'RETURNED']);
    shows(await story.balance(), { payable: '0.00', inTransit: '0.00', paidOut: '2399.99', reserved: '21600.01' });
    shows((await story.see(story.first)).grant, { paid: { amount: '2399.99' } });
  }),

  by('paid by mistake, it has to come back, and does', async (story) => {
    shows(await story.actOnClaim('second-finance', 'reverseClaim', { reason: 'The invoice was of somebody else.' }), {
      status: 'REVERSED',
    });
    const claim = await story.seeClaim();
    shows(claim, { takenBack: { amount: '2399.99' }, clawBacks: [{ status: 'DUE', amount: { amount: '2399.99' } }] });
    shows(await story.balance(), { paidOut: '0.00', receivable: '2399.99' });
    const [{ id: clawBackId, version: expectedVersion }] = claim.clawBacks;
    shows(
      await story.who('finance').does('recordRepayment', { clawBackId, expectedVersion }, '... on ClawBack { status }'),
      { status: 'SETTLED' },
    );
    shows(await story.balance(), { receivable: '0.00', reserved: '24000.00' });
  }),

  by('the grant is revoked, and what is left of it is there for others', async (story) => {
    const { grant } = await story.see(story.first);
    const revoked = await story
      .who('finance')
      .does(
        'revokeGrant',
        { grantId: grant.id, expectedVersion: grant.version, reason: 'The family moved away.' },
        '... on Grant { status }',
      );
    shows(revoked, { status: 'REVOKED' });
    shows(await story.balance(), { available: '30000.00', reserved: '0.00' });
  }),

  by('the contribution bounces, and no account is below zero', async (story) => {
    const { id: contributionId } = story.contribution;
    const bounced = await story
      .who('finance')
      .does(
        'bounceContribution',
        { contributionId, expectedVersion: 2, reason: 'The cheque was not covered.' },
        '... on Contribution { status }',
      );
    shows(bounced, { status: 'BOUNCED' });
    shows(await story.balance(), { contributed: '0.00', available: '0.00', shortfall: '0.00' });
  }),

  by('strangers saw nothing of it', async (story) => {
    const stranger = story.who('other-patient');
    const { data } = await stranger.ask('query($a: ID!, $c: ID!) { application(id: $a) { id } claim(id: $c) { id } }', {
      a: story.first.id,
      c: story.claim.id,
    });
    shows(data, { application: null, claim: null });
    for (const query of [
      'query($id: ID!) { fund(id: $id) { balance { available { amount } } } }',
      'query($id: ID!) { payoutBatch(id: $id) { id } }',
    ]) {
      const { errors } = await stranger.ask(query, { id: query.includes('payout') ? story.batch.id : story.fundId });
      shows(errors, [{ extensions: { code: 'FORBIDDEN' } }]);
    }
  }),
];
