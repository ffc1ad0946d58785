import { randomUUID } from 'node:crypto';
import type { Answer, Person } from './client.js';
import { type Step, shows, step, Unexpected } from './story.js';

/**
 * What each kind of partner does here, from end to end at `/partner/graphql`: a sponsor gives and reads what became of it,
 * a merchant passes on what its customers gave, a hospital decides on diagnoses, a carrier reports. By either of a partner's
 * two programs.
 */

const PARTNERS = ['sponsor', 'other-sponsor', 'merchant', 'hospital', 'carrier'] as const;
const PEOPLE = ['finance', 'patient'] as const;
export type Partner = (typeof PARTNERS)[number];
type Name = Partner | (typeof PEOPLE)[number];

/** How a partner's program proves itself. */
export type Credentials = 'a secret' | 'a key';

const MINUTE = 60_000;
const NOWHERE = '01934a3c-5800-7000-8000-00000000ffff';
const CNY = (amount: string) => ({ amount, currency: 'CNY' });

const CONTRIBUTION = 'id number status amount { amount } reference fund { code } organisation { name }';
const DIAGNOSIS =
  'id status version diagnosedOn physicianName reason allowedActions disease { catalogNo nameEn nameZh } hospital { nameEn } history { status byRole }';
const SHIPMENT =
  'id status coldChain trackingNumber shippedAt deliveredAt quarantinedAt carrier { name } events { kind at place } temperatures(maxPoints: 20) { count verdict points { celsius } }';
const CELLS = 'contributions { amount } applicants approved granted { amount } hidden';
const REPORT = `fund { code } year smallestGroup months { month ${CELLS} } total { ${CELLS} } own { month amount { amount } }`;
const HANDED_IN = '... on ShipmentReport { accepted repeated refused { index problem } }';

/** Columns of a report, as `hidden` calls them. */
const COLUMNS = {
  CONTRIBUTIONS: 'contributions',
  APPLICANTS: 'applicants',
  APPROVED: 'approved',
  GRANTED: 'granted',
} as const;

/** Parcels, one of the demo's carrier and one that another carries. */
export interface Parcels {
  readonly own: string;
  readonly anothers: string;
}

export class PartnerStory {
  fundId = '';
  pledge = { id: '' };

  private constructor(
    private readonly people: ReadonlyMap<string, Person>,
    readonly parcels: Parcels,
  ) {}

  /** Signs everybody in. @param person gives a demo person, or a partner's program by its client's name */
  static async begin(
    person: (name: string) => Promise<Person>,
    credentials: Credentials,
    parcels: Parcels,
  ): Promise<PartnerStory> {
    const programs = PARTNERS.map((name) => [name, credentials === 'a key' ? `${name}-key` : name] as const);
    const names = [...programs, ...PEOPLE.map((name) => [name, name] as const)];
    const signedIn = names.map(async ([name, client]) => [name, await person(client)] as const);
    return new PartnerStory(new Map(await Promise.all(signedIn)), parcels);
  }

  who(name: Name): Person {
    return this.people.get(name) as Person;
  }

  /** What is asked for without an error. */
  async sees(name: Name, query: string, variables: Record<string, unknown> = {}) {
    const { data, errors } = await this.who(name).ask(query, variables);
    if (errors.length > 0) throw new Unexpected('no errors', errors);
    return data;
  }

  async report(name: Name, fundId: string, year: number) {
    const query = `query($fundId: ID!, $year: Int!) { sponsorReport(fundId: $fundId, year: $year) { ${REPORT} } }`;
    return (await this.sees(name, query, { fundId, year })).sponsorReport;
  }

  /** Whether a contribution is in somebody's list. */
  async lists(name: Name, id: string): Promise<boolean> {
    const { contributions } = await this.sees(name, '{ contributions(first: 100) { totalCount nodes { id } } }');
    return contributions.nodes.some((each: { id: string }) => each.id === id);
  }

  async parcel(id: string) {
    return (await this.sees('carrier', `query($id: ID!) { shipment(id: $id) { ${SHIPMENT} } }`, { id })).shipment;
  }

  /** A patient reports a diagnosis at the hospital of this name. @returns its id */
  async reported(search: string, diagnosedOn: string): Promise<string> {
    const { me, disease, hospitals } = await this.sees(
      'patient',
      'query($search: String!) { me { patient { id } } disease(catalogNo: 2) { id } hospitals(first: 1, search: $search) { nodes { id } } }',
      { search },
    );
    const diagnosis = await this.who('patient').does(
      'reportDiagnosis',
      {
        patientId: me.patient.id,
        diseaseId: disease.id,
        hospitalId: hospitals.nodes[0].id,
        diagnosedOn,
        physicianName: 'Dr. Demo 7',
      },
      '... on Diagnosis { id }',
    );
    return diagnosis.id;
  }

  /** What a hospital has to decide, on whichever page; undefined when it is on none. */
  async toDecide(diagnosisId: string) {
    for (let after: string | null = null; ; ) {
      const { diagnosesToDecide }: Answer['data'] = await this.sees(
        'hospital',
        `query($after: ID) { diagnosesToDecide(first: 100, after: $after) { nodes { ${DIAGNOSIS} } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      const found = diagnosesToDecide.nodes.find(({ id }: { id: string }) => id === diagnosisId);
      if (found || !diagnosesToDecide.pageInfo.hasNextPage) return found;
      after = diagnosesToDecide.pageInfo.endCursor;
    }
  }

  decides(diagnosisId: string, decision: object) {
    const input = { diagnosisId, expectedVersion: 1, ...decision };
    return this.who('hospital').does('decideDiagnosis', input, `... on Diagnosis { ${DIAGNOSIS} }`);
  }
}

const by = (fact: string, run: (story: PartnerStory) => Promise<void>) => step<PartnerStory>(fact, run);

const given: readonly Step<PartnerStory>[] = [
  by('a sponsor finds a fund, and pledges to it in its own name and for one key once', async (story) => {
    const { funds } = await story.sees('sponsor', '{ funds { totalCount nodes { id code nameEn nameZh status } } }');
    const open = funds.nodes.find(({ status }: { status: string }) => status === 'OPEN');
    story.fundId = open.id;
    const input = { fundId: story.fundId, amount: CNY('1234.50'), idempotencyKey: randomUUID() };
    const pledges = (of: object = {}) =>
      story.who('sponsor').does('pledgeContribution', { ...input, ...of }, `... on Contribution { ${CONTRIBUTION} }`);
    const pledged = await pledges();
    shows(pledged, {
      __typename: 'Contribution',
      status: 'PLEDGED',
      amount: { amount: '1234.50' },
      fund: { code: open.code },
      organisation: { name: 'Sponsor (demo)' },
    });
    shows(await pledges(), { id: pledged.id, number: pledged.number });
    shows(await pledges({ amount: CNY('1.00') }), { __typename: 'IdempotencyConflict' });
    story.pledge = pledged;
  }),
  by(
    'it follows its pledge until the money is there; another sponsor and a merchant see nothing of it',
    async (story) => {
      const { id } = story.pledge;
      shows(await story.lists('sponsor', id), true);
      for (const other of ['other-sponsor', 'merchant'] as const) {
        shows(await story.lists(other, id), false);
        const query = 'query($id: ID!) { contribution(id: $id) { id amount { amount } } }';
        shows(await story.sees(other, query, { id }), { contribution: null });
        shows(await story.sees(other, query, { id: NOWHERE }), { contribution: null });
      }
      const clear = { contributionId: id, expectedVersion: 1 };
      shows(await story.who('finance').does('clearContribution', clear, '... on Contribution { status }'), {
        status: 'CLEARED',
      });
      const query = `query($id: ID!) { contribution(id: $id) { ${CONTRIBUTION} clearedAt } }`;
      const { contribution } = await story.sees('sponsor', query, { id });
      shows(contribution, { status: 'CLEARED' });
      if (!contribution.clearedAt) throw new Unexpected('when it was cleared', contribution);
    },
  ),
  by('a merchant passes on what was given at its tills, each sale once', async (story) => {
    const reference = `SALE-${randomUUID()}`;
    const sale = { fundId: story.fundId, amount: CNY('0.01'), reference };
    const selection = `... on Contribution { ${CONTRIBUTION} } ... on AlreadyReported { contributionId }`;
    const first = await story.who('merchant').does('pledgeContribution', sale, selection);
    shows(first, { status: 'PLEDGED', reference, organisation: { name: 'Merchant (demo)' } });
    const again = await story.who('merchant').does('pledgeContribution', sale, selection);
    shows(again, { __typename: 'AlreadyReported', contributionId: first.id });
    const query = `query($filter: ContributionFilter) { contributions(first: 100, filter: $filter) { nodes { ${CONTRIBUTION} } } }`;
    const { contributions } = await story.sees('merchant', query, { filter: { status: ['PLEDGED'] } });
    shows(contributions.nodes[0], { id: first.id, reference });
    const fromNowhere = { ...sale, fundId: NOWHERE, reference: null };
    shows(await story.who('merchant').does('pledgeContribution', fromNowhere, ''), { __typename: 'NotFound' });
  }),
];

const reports: readonly Step<PartnerStory>[] = [
  by('a sponsor reads what a fund did with it; what is hidden cannot be worked out from the rest', async (story) => {
    const { funds } = await story.sees('sponsor', '{ funds(first: 100) { nodes { id } } }');
    const thisYear = new Date().getUTCFullYear();
    let months = 0;
    for (const { id } of funds.nodes) {
      for (const year of [thisYear - 2, thisYear - 1, thisYear]) {
        const report = await story.report('sponsor', id, year);
        months += report.months.length;
        for (const { hidden, ...cells } of [...report.months, report.total])
          for (const column of hidden) shows(cells, { [COLUMNS[column as keyof typeof COLUMNS]]: null });
        for (const [column, field] of Object.entries(COLUMNS)) {
          const isHidden = report.months.some(({ hidden }: { hidden: string[] }) => hidden.includes(column));
          if (isHidden) shows(report.total[field], null);
        }
      }
    }
    if (months === 0) throw new Unexpected('closed months', months);
  }),
  by('two reports differ by nothing but what the sponsor gave itself', async (story) => {
    const thisYear = new Date().getUTCFullYear();
    const of = async (name: Name) =>
      Promise.all([thisYear - 1, thisYear].map((year) => story.report(name, story.fundId, year)));
    const others = (all: { own: unknown }[]) => all.map(({ own: _, ...rest }) => rest);
    const before = await of('sponsor');
    shows(others(await of('other-sponsor')), others(before));
    // somebody gives, and somebody applies
    const gift = { fundId: story.fundId, amount: CNY('99999.99') };
    const pledged = await story.who('sponsor').does('pledgeContribution', gift, '... on Contribution { id }');
    const clear = { contributionId: pledged.id, expectedVersion: 1 };
    await story.who('finance').does('clearContribution', clear, '');
    const { me, disease } = await story.sees('patient', '{ me { patient { id } } disease(catalogNo: 1) { id } }');
    const wish = { patientId: me.patient.id, diseaseId: disease.id, expectedExpense: CNY('60000.00') };
    await story.who('patient').mutate('draftApplication', wish, '');
    const after = await of('sponsor');
    if (JSON.stringify(others(after)) !== JSON.stringify(others(before))) throw new Unexpected(before, after);
    if (JSON.stringify(after) === JSON.stringify(before)) throw new Unexpected('its own gift', after);
    shows(others(await of('other-sponsor')), others(before));
  }),
];

const diagnosed: readonly Step<PartnerStory>[] = [
  by('a hospital finds what names it, verifies one and refuses another, and the patient reads why', async (story) => {
    const right = await story.reported('北京协和', '2026-02-03');
    const wrong = await story.reported('北京协和', '2026-02-04');
    shows(await story.toDecide(right), {
      status: 'REPORTED',
      diagnosedOn: '2026-02-03',
      physicianName: 'Dr. Demo 7',
      allowedActions: ['VERIFY', 'REFUSE'],
      disease: { catalogNo: 2 },
      hospital: { nameEn: 'Peking Union Medical College Hospital' },
    });
    shows(await story.decides(right, { decision: 'VERIFY' }), { status: 'VERIFIED', allowedActions: [] });
    const reason = 'Nobody of that name was seen here.';
    shows(await story.decides(wrong, { decision: 'REFUSE', reason }), {
      status: 'REFUSED',
      reason,
      history: [{ status: 'REPORTED' }, { status: 'REFUSED', byRole: 'HOSPITAL' }],
    });
    shows(await story.decides(wrong, { decision: 'VERIFY', expectedVersion: 2 }), { __typename: 'DiagnosisDecided' });
    shows([await story.toDecide(right), await story.toDecide(wrong)], [undefined, undefined]);
    const { me } = await story.sees('patient', '{ me { patient { diagnoses { id status reason } } } }');
    const found = me.patient.diagnoses.find(({ id }: { id: string }) => id === wrong);
    shows(found, { status: 'REFUSED', reason });
  }),
  by('what names another hospital is not there for it', async (story) => {
    const elsewhere = await story.reported('上海', '2026-02-05');
    shows(await story.toDecide(elsewhere), undefined);
    const decision = { decision: 'VERIFY' };
    const [another, none] = [await story.decides(elsewhere, decision), await story.decides(NOWHERE, decision)];
    shows(another, { __typename: 'NotFound' });
    if (JSON.stringify(another) !== JSON.stringify(none)) throw new Unexpected(none, another);
  }),
];

const carried: readonly Step<PartnerStory>[] = [
  by('a carrier finds its parcel, and reports its way and its temperatures to the door', async (story) => {
    const { own } = story.parcels;
    const { shipments } = await story.sees('carrier', `{ shipments(first: 5) { totalCount nodes { ${SHIPMENT} } } }`);
    shows(shipments.nodes.find(({ id }: { id: string }) => id === own) ?? shipments.nodes, { id: own });
    const at = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString();
    const way = ['PICKED_UP', 'AT_HUB', 'OUT_FOR_DELIVERY', 'DELIVERED'];
    const events = way.map((kind, index) => ({ shipmentId: own, kind, at: at(index - 60), place: '上海' }));
    const logs = [{ shipmentId: own, startedAt: at(-60), seconds: [0, 60, 120], celsius: [4, 5, 6.5] }];
    const handIn = (mutation: string, input: object) =>
      story.who('carrier').does(mutation, { ...input, idempotencyKey: undefined }, HANDED_IN);
    shows(await handIn('reportTemperatures', { logs }), { accepted: 3, repeated: 0 });
    shows(await handIn('reportShipmentEvents', { events: events.toReversed() }), { accepted: 4, repeated: 0 });
    shows(await handIn('reportShipmentEvents', { events }), { accepted: 0, repeated: 4 });
    shows(await story.parcel(own), {
      status: 'DELIVERED',
      carrier: { name: 'Carrier (demo)' },
      events: way.toReversed().map((kind) => ({ kind })),
      temperatures: { count: 3, verdict: 'KEPT', points: [{ celsius: 4 }, { celsius: 5 }, { celsius: 6.5 }] },
    });
  }),
  by('a parcel that another carries is not there for it', async (story) => {
    const { anothers } = story.parcels;
    shows([await story.parcel(anothers), await story.parcel(NOWHERE)], [null, null]);
    const at = new Date().toISOString();
    const events = [anothers, NOWHERE].map((shipmentId) => ({ shipmentId, kind: 'DELIVERED', at }));
    const answer = await story
      .who('carrier')
      .does('reportShipmentEvents', { events, idempotencyKey: undefined }, HANDED_IN);
    shows(answer, {
      accepted: 0,
      refused: [
        { index: 0, problem: 'UNKNOWN_SHIPMENT' },
        { index: 1, problem: 'UNKNOWN_SHIPMENT' },
      ],
    });
  }),
];

export const PARTNER_STORY: readonly Step<PartnerStory>[] = [...given, ...reports, ...diagnosed, ...carried];
