import { DEMO_PARTNERS } from '../gateway/identity/demo-people.js';
import { shanghaiDay } from '../subgraphs/common/calendar.js';
import { checkDigit } from '../subgraphs/patient/identity/identity.rules.js';
import type { Person } from './client.js';
import {
  agrees,
  approves,
  consults,
  GRANTED,
  PRESCRIPTION,
  prescribes,
  type Step,
  Story,
  shows,
  step,
  Unexpected,
} from './story.js';
import { until } from './until.js';

/**
 * Medicine from a consultation to a cold box at the door, and back: as steps that follow each other. It is about a new
 * child with a grant, and the lots that it sells first are new ones and recalled at its end, so it can be told again on the
 * same data.
 */

const PEOPLE = ['finance', 'second-finance', 'third-reviewer', 'carrier', 'admin'] as const;
type Name = (typeof PEOPLE)[number] | 'physician' | 'pharmacist' | 'reviewer' | 'patient' | 'other-patient';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const daysAhead = (days: number): string => shanghaiDay(new Date(Date.now() + days * DAY));
const after = (ms: number): string => new Date(Date.now() + ms).toISOString();

const ORDER =
  '... on DrugOrder { id number status version allowedActions payBy total { amount } lines { id quantity } }';
const WRONG_STATE = '... on DrugOrderWrongState { status permitted }';
const SHIPMENT = 'id status version coldChain quarantinedAt quarantineCause decision allowedActions';
const REPORT = '... on ShipmentReport { accepted repeated refused { index problem explanation } }';

const SEE_ORDER = `query($id: ID!) { drugOrder(id: $id) {
  id status version allowedActions payBy cancelReason returnReason
  payments { status amount { amount } refusedBecause refunded { amount } refunds { cause status amount { amount } } }
  lines { id quantity prescription { id number } lots { lot expiresOn quantity } }
  shipments { ${SHIPMENT} } } }`;

const WAIT = { seconds: 15, everyMs: 50 };

interface Versioned {
  id: string;
  version: number;
}

export class PharmacyStory {
  medicineId = '';
  plasmaId = '';
  readonly carrierId = DEMO_PARTNERS.find(({ name }) => name === 'carrier')?.organisation;
  appointment: Versioned = { id: '', version: 0 };
  prescription: Versioned = { id: '', version: 0 };
  /** Sold first: it expires first. */
  readonly firstLot = `STORY-A-${crypto.randomUUID().slice(0, 8).toUpperCase()}`;
  readonly secondLot = `STORY-B-${crypto.randomUUID().slice(0, 8).toUpperCase()}`;
  order: Versioned & { lineId: string } = { id: '', version: 0, lineId: '' };
  second: Versioned & { lineId: string } = { id: '', version: 0, lineId: '' };
  shipmentId = '';
  warmShipmentId = '';
  claim: Versioned = { id: '', version: 0 };
  /** How long the medicine could be too warm before this story began. */
  boreMinutes = 0;
  /** What the first order cost, in fen. */
  paidFen = 0n;

  private constructor(
    /** How the family came to its grant. */
    readonly granted: Story,
    readonly anyone: Person,
    private readonly people: ReadonlyMap<string, Person>,
  ) {}

  /** Signs everybody in. @param person gives a demo person or partner */
  static async begin(person: (name: string) => Promise<Person>, anyone: Person): Promise<PharmacyStory> {
    const signedIn = PEOPLE.map(async (name) => [name, await person(name)] as const);
    const granted = await Story.begin(person, anyone);
    return new PharmacyStory(granted, anyone, new Map(await Promise.all(signedIn)));
  }

  who(name: Name): Person {
    return this.people.get(name) ?? this.granted.who(name as 'physician');
  }

  get family(): Person {
    return this.granted.family;
  }

  get patientId(): string {
    return this.granted.patientId;
  }

  async seeOrder({ id }: { readonly id: string }, by = this.family) {
    const { data, errors } = await by.ask(SEE_ORDER, { id });
    if (errors.length > 0) throw new Unexpected('no errors', errors);
    return data.drugOrder;
  }

  /** Somebody does the next thing with an order as they see it now. */
  async act(by: Person, of: { readonly id: string }, mutation: string, input: object = {}) {
    const { version } = await this.seeOrder(of, by);
    return by.does(mutation, { orderId: of.id, expectedVersion: version, ...input }, `${ORDER} ${WRONG_STATE}`);
  }

  async seePrescription(by: Person = this.family) {
    const { data } = await by.ask(
      'query($id: ID!) { prescription(id: $id) { status total used left version allowedActions checkReason physician { id } appointment { id } medicine { genericNameEn } } }',
      { id: this.prescription.id },
    );
    return data.prescription;
  }

  /** Orders so many packages by the prescription, for the application. */
  orders(quantity: number) {
    const { medicineId, patientId, prescription } = this;
    const lines = [{ medicineId, quantity, prescriptionId: prescription.id }];
    return this.family.does(
      'placeDrugOrder',
      { patientId, applicationId: this.granted.application.id, lines },
      `${ORDER} ... on PrescriptionNotUsable { problems { medicineId prescriptionId problem left } } ... on OutOfStock { medicineIds }`,
    );
  }

  /** Pays an order, and waits until the provider has said what it did. */
  async pays(of: { readonly id: string }, paymentToken: string) {
    shows(await this.act(this.family, of, 'payDrugOrder', { paymentToken }), { __typename: 'DrugOrder' });
    await until(
      () => this.seeOrder(of),
      ({ payments }) => payments.every(({ status }: { status: string }) => status !== 'PENDING'),
      WAIT,
    );
    // an order and its payments are not read at the same moment
    return this.seeOrder(of);
  }

  /** Packs an order and hands it to the carrier. @returns the parcel */
  async sends(of: { readonly id: string }) {
    const pharmacist = this.who('pharmacist');
    shows(await this.act(pharmacist, of, 'dispenseDrugOrder'), { __typename: 'DrugOrder', status: 'DISPENSED' });
    const sent = await this.act(pharmacist, of, 'shipDrugOrder', {
      carrierOrganisationId: this.carrierId,
      trackingNumber: `STORY-${crypto.randomUUID().slice(0, 8)}`,
    });
    shows(sent, { __typename: 'DrugOrder', status: 'SHIPPED' });
    const { shipments } = await this.seeOrder(of);
    shows(shipments[0], { status: 'IN_TRANSIT', coldChain: true });
    return shipments[0];
  }

  /** What carriers report needs no key: told again it is the same. @returns what the API says */
  reports(events: readonly object[]) {
    return this.who('carrier').does('reportShipmentEvents', { events, idempotencyKey: undefined }, REPORT);
  }

  temperatures(logs: readonly object[]) {
    return this.who('carrier').does('reportTemperatures', { logs, idempotencyKey: undefined }, REPORT);
  }

  /** A reading every half a minute from now on: clocks may be five minutes ahead. @returns what the API says */
  measures(shipmentId: string, celsius: readonly number[]) {
    const seconds = celsius.map((_, index) => index * 30);
    return this.temperatures([{ shipmentId, startedAt: after(0), seconds, celsius }]);
  }

  /** How long the medicine may be outside of 2 to 8 °C, until that is called off. */
  async bears(minutes: number): Promise<void> {
    const pharmacist = this.who('pharmacist');
    const { data } = await pharmacist.ask(
      'query($id: ID!) { medicine(id: $id) { terms { deliveryDays allowanceMinutes version } } }',
      { id: this.medicineId },
    );
    const { deliveryDays, allowanceMinutes, version } = data.medicine.terms;
    const set = { medicineId: this.medicineId, deliveryDays, allowanceMinutes: minutes, expectedVersion: version };
    shows(await pharmacist.does('setMedicineTerms', set, ''), { __typename: 'MedicineTerms' });
    this.boreMinutes = allowanceMinutes;
  }

  async seeShipment(shipmentId: string, by: Person = this.who('carrier')) {
    const { data } = await by.ask(`query($id: ID!) { shipment(id: $id) { id status coldChain } }`, { id: shipmentId });
    return data?.shipment ?? null;
  }

  /** What the family, or the pharmacists, were told of something: the kinds, newest first. */
  async told(aboutIds: readonly string[], by: Person = this.family): Promise<string[]> {
    const { data, errors } = await by.ask('{ pharmacyNotices(first: 100) { nodes { kind aboutId text } } }');
    if (errors.length > 0) throw new Unexpected('no errors', errors);
    const about = data.pharmacyNotices.nodes.filter((each: { aboutId: string }) => aboutIds.includes(each.aboutId));
    for (const { text } of about) if (!text) throw new Unexpected('words', about);
    return about.map(({ kind }: { kind: string }) => kind);
  }

  async wasTold(kind: string, aboutIds: readonly string[], by: Person = this.family): Promise<void> {
    await until(
      () => this.told(aboutIds, by),
      (kinds) => kinds.includes(kind),
      WAIT,
    );
  }

  async seeClaim() {
    const { data } = await this.family.ask(
      'query($id: ID!) { claim(id: $id) { status version takenBack { amount } clawBacks { id status version cause amount { amount } } } }',
      { id: this.claim.id },
    );
    return data.claim;
  }

  async actOnClaim(name: Name, mutation: string, input: object) {
    const { version } = await this.seeClaim();
    const selection = '... on Claim { id version status award { amount { amount } binding } }';
    return this.who(name).does(mutation, { claimId: this.claim.id, expectedVersion: version, ...input }, selection);
  }

  /** The lot as the pharmacist sees it. */
  async lot(lot: string) {
    const { data } = await this.who('pharmacist').ask(
      'query($medicineId: ID!, $search: String!) { stockLots(filter: { medicineId: $medicineId, lot: $search }) { nodes { id lot onHand reserved available version recalledAt } } }',
      { medicineId: this.medicineId, search: lot },
    );
    return data.stockLots.nodes[0];
  }
}

/** `shows` takes an empty list as a part of any. */
function isEmpty(list: readonly unknown[]): void {
  if (list.length > 0) throw new Unexpected([], list);
}
const fen = (amount: string): bigint => BigInt(amount.replace('.', ''));
const by = (text: string, run: (story: PharmacyStory) => Promise<void>) => step<PharmacyStory>(text, run);

const prescribed: readonly Step<PharmacyStory>[] = [
  by('a family has been granted aid, and the catalog knows a medicine that travels cold', async (story) => {
    for (const { run } of GRANTED) await run(story.granted);
    const { data } = await story.anyone.ask(
      '{ medicines(search: "imiglucerase", first: 1) { nodes { id storage soldOnline price { amount { amount } } } } }',
    );
    const [medicine] = data.medicines.nodes;
    shows(medicine, { storage: 'COLD_2_8', soldOnline: true });
    story.medicineId = medicine.id;
    const all = await story.anyone.ask('{ medicines(first: 100) { nodes { id soldOnline } } }');
    story.plasmaId = all.data.medicines.nodes.find((each: { soldOnline: boolean }) => !each.soldOnline).id;
  }),
  by('the family says where medicine is to be sent', async (story) => {
    const { patientId } = story;
    // no region begins with 99; 04 May 2019, a girl
    const digits = `99${String(Math.floor(Math.random() * 10_000)).padStart(4, '0')}20190504${100 + 2 * Math.floor(Math.random() * 449)}`;
    const identity = {
      patientId,
      legalName: '演示小朋友',
      nationalId: digits + checkDigit(digits),
      phone: '19900000009',
      address: '演示省演示市演示路九号',
      insurance: 'RESIDENT',
    };
    shows(await story.family.does('setPatientIdentity', identity, ''), { __typename: 'PatientIdentity' });
  }),
  by('the family consults a physician, who confirms', async (story) => {
    story.appointment = await consults(story.family, story.patientId);
    const { id, version } = story.appointment;
    const confirmed = await story
      .who('physician')
      .does('confirmAppointment', { appointmentId: id, expectedVersion: version }, '... on Appointment { status }');
    shows(confirmed, { status: 'CONFIRMED' });
  }),
  by('the physician prescribes two packages and two refills out of the consultation', async (story) => {
    const { patientId, medicineId, appointment } = story;
    const asked = { patientId, medicineId, quantity: 2, refills: 2, appointmentId: appointment.id };
    shows(await prescribes(story.who('physician'), asked), { code: 'CONSENT_MISSING' });
    await agrees(story.family, patientId, 'SHARE_WITH_PHARMACY');
    const issued = await prescribes(story.who('physician'), asked);
    shows(issued, { __typename: 'Prescription', status: 'ISSUED', total: 6, used: 0, left: 6 });
    story.prescription = issued;
    await story.wasTold('PRESCRIPTION_ISSUED', [issued.id], story.who('pharmacist'));
  }),
  by('nothing is supplied on it before a pharmacist has looked', async (story) => {
    const { prescription, medicineId } = story;
    shows(await story.orders(2), {
      __typename: 'PrescriptionNotUsable',
      problems: [{ medicineId, prescriptionId: prescription.id, problem: 'NOT_CHECKED' }],
    });
  }),
  by('a pharmacist finds it in the queue, and passes it with a reason', async (story) => {
    const waiting = await story
      .who('pharmacist')
      .ask(
        '{ prescriptions(filter: { status: ISSUED }, first: 100) { nodes { id version allowedActions patient { id } } } }',
      );
    const found = waiting.data.prescriptions.nodes.find(({ id }: { id: string }) => id === story.prescription.id);
    shows(found, { allowedActions: ['APPROVE', 'REFUSE'] });
    shows(await approves(story.who('pharmacist'), found), { __typename: 'Prescription', status: 'APPROVED', left: 6 });
    shows(await approves(story.who('pharmacist'), found), { __typename: 'PrescriptionWrongState' });
    shows(await story.seePrescription(), {
      status: 'APPROVED',
      allowedActions: ['ORDER'],
      appointment: { id: story.appointment.id },
      medicine: { genericNameEn: 'imiglucerase' },
    });
    await story.wasTold('PRESCRIPTION_APPROVED', [story.prescription.id]);
  }),
];

const ordered: readonly Step<PharmacyStory>[] = [
  by('two lots come in; anybody learns that there is some, and only the pharmacy how much', async (story) => {
    const { medicineId } = story;
    const pharmacist = story.who('pharmacist');
    // a lot is sold until a week before it expires; no other expires so soon
    for (const [lot, quantity, days] of [
      [story.firstLot, 3, 9],
      [story.secondLot, 5, 10],
    ] as const) {
      const received = await pharmacist.does(
        'receiveStock',
        { medicineId, lot, expiresOn: daysAhead(days), quantity },
        '... on StockLot { lot onHand reserved available allowedActions }',
      );
      shows(received, { __typename: 'StockLot', onHand: quantity, reserved: 0, allowedActions: ['ADJUST', 'RECALL'] });
    }
    await story.bears(2);
    const { data, errors } = await story.anyone.ask(
      'query($id: ID!) { medicine(id: $id) { availability { inStock deliveryDays } } }',
      { id: medicineId },
    );
    shows({ data, errors }, { data: { medicine: { availability: { inStock: true } } }, errors: [] });
    const curious = await story.family.ask('{ stockLots(first: 1) { nodes { onHand } } }');
    shows(curious, { data: { stockLots: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  }),
  by('medicine that may not be sold online is refused', async (story) => {
    const { patientId, plasmaId, prescription } = story;
    const lines = [{ medicineId: plasmaId, quantity: 1, prescriptionId: prescription.id }];
    const refused = await story.family.does(
      'placeDrugOrder',
      { patientId, lines },
      '... on NotSoldOnline { medicineIds }',
    );
    shows(refused, { __typename: 'NotSoldOnline', medicineIds: [plasmaId] });
  }),
  by('the family orders a part of what is prescribed, linked to its application', async (story) => {
    const order = await story.orders(2);
    shows(order, { __typename: 'DrugOrder', status: 'PLACED' });
    story.order = { ...order, lineId: order.lines[0].id };
    story.paidFen = fen(order.total.amount);
    const seen = await story.seeOrder(order);
    shows(seen.lines, [{ prescription: { id: story.prescription.id } }]);
    for (const action of ['PAY', 'CANCEL'])
      if (!seen.allowedActions.includes(action)) throw new Unexpected(action, seen.allowedActions);
    if (!(Date.parse(seen.payBy) > Date.now() + 23 * HOUR)) throw new Unexpected('a day to pay in', seen.payBy);
    shows(await story.seePrescription(), { used: 2, left: 4 });
    shows(await story.lot(story.firstLot), { onHand: 3, reserved: 2, available: 1 });
  }),
  by('nobody orders more than was prescribed', async (story) => {
    shows(await story.orders(5), {
      __typename: 'PrescriptionNotUsable',
      problems: [{ problem: 'NOT_ENOUGH_LEFT', left: 4 }],
    });
    shows(await story.seePrescription(), { used: 2, left: 4 });
  }),
  by('a payment that is refused leaves the order to be paid, and another one pays it', async (story) => {
    const refused = await story.pays(story.order, 'sim_refuse');
    shows(refused, { status: 'PLACED', payments: [{ status: 'REFUSED' }] });
    await story.wasTold('PAYMENT_REFUSED', [story.order.id, refused.payments[0].id]);
    const paid = await story.pays(story.order, 'sim_twice');
    shows(paid, { status: 'PAID' });
    shows(paid.payments.map(({ status }: { status: string }) => status).sort(), ['PAID', 'REFUSED']);
  }),
  by('a pharmacist sees what delivery needs, packs and hands over; first to expire goes first', async (story) => {
    const pharmacist = story.who('pharmacist');
    const { data } = await pharmacist.ask('query($id: ID!) { drugOrder(id: $id) { delivery { address phone } } }', {
      id: story.order.id,
    });
    shows(data.drugOrder.delivery, { address: '演示省演示市演示路九号' });
    const family = await story.family.ask('query($id: ID!) { drugOrder(id: $id) { delivery { address } } }', {
      id: story.order.id,
    });
    shows(family, { errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    const parcel = await story.sends(story.order);
    story.shipmentId = parcel.id;
    const { lines } = await story.seeOrder(story.order);
    shows(lines, [{ lots: [{ lot: story.firstLot, quantity: 2 }] }]);
    shows(await story.lot(story.firstLot), { onHand: 1, reserved: 0 });
    await story.wasTold('ORDER_SHIPPED', [story.order.id, story.shipmentId]);
  }),
];

const delivered: readonly Step<PharmacyStory>[] = [
  by('the carrier sees the parcel, and not for whom it is or what is in it', async (story) => {
    shows(await story.seeShipment(story.shipmentId), { id: story.shipmentId, status: 'IN_TRANSIT' });
    const parcel = { shipment: story.shipmentId };
    const order = await story
      .who('carrier')
      .ask('query($shipment: ID!) { shipment(id: $shipment) { order { id } } }', parcel);
    shows([order.data, order.errors], [undefined, [{ extensions: { code: 'BAD_USER_INPUT' } }]]);
  }),
  by('it reports the way and the temperatures, twice and in any order, and it makes no difference', async (story) => {
    const { shipmentId } = story;
    const events = [
      { shipmentId, kind: 'AT_HUB', at: after(MINUTE), place: '上海' },
      { shipmentId, kind: 'PICKED_UP', at: after(0) },
    ];
    // what is not a parcel of this carrier's is refused alone
    const stray = { ...events[0], shipmentId: story.order.id };
    const report = await story.reports([...events, stray]);
    shows(report, { accepted: 2, repeated: 0, refused: [{ index: 2, problem: 'UNKNOWN_SHIPMENT' }] });
    const again = await story.reports(events.toReversed());
    shows(again, { accepted: 0, repeated: 2 });
    isEmpty(again.refused);
    // a minute too warm, of the two that it bears
    const celsius = [5, 5, 5.5, 6, 9.5, 8.5, 7, 5, 5, 4];
    const seconds = celsius.map((_, index) => index * 30);
    const logs = [{ shipmentId, startedAt: after(0), seconds, celsius }];
    shows(await story.temperatures(logs), { accepted: 10, repeated: 0 });
    shows(await story.temperatures(logs), { accepted: 0, repeated: 10 });
    shows(await story.seeShipment(shipmentId), { status: 'IN_TRANSIT' });
  }),
  by('the family sees the curve, down-sampled so that the warmest stays, and what it means', async (story) => {
    const { data } = await story.family.ask(
      `query($id: ID!) { drugOrder(id: $id) { shipments { events { kind } temperatures(maxPoints: 4) {
        points { at celsius } count coldest warmest outsideMinutes allowanceMinutes verdict explanation } } } }`,
      { id: story.order.id },
    );
    const [{ temperatures, events }] = data.drugOrder.shipments;
    shows(events, [{ kind: 'AT_HUB' }, { kind: 'PICKED_UP' }]);
    shows(temperatures, {
      count: 10,
      coldest: 4,
      warmest: 9.5,
      outsideMinutes: 1,
      allowanceMinutes: 2,
      verdict: 'WITHIN_ALLOWANCE',
    });
    if (temperatures.points.length > 4 || temperatures.points.length < 2)
      throw new Unexpected('two to four points', temperatures.points);
    for (const extreme of [4, 9.5])
      if (!temperatures.points.some(({ celsius }: { celsius: number }) => celsius === extreme))
        throw new Unexpected(extreme, temperatures.points);
    if (!temperatures.explanation) throw new Unexpected('an explanation', temperatures);
  }),
  by('it is delivered, and the order is', async (story) => {
    const { shipmentId } = story;
    const report = await story.reports([{ shipmentId, kind: 'DELIVERED', at: after(4.9 * MINUTE) }]);
    shows(report, { accepted: 1 });
    shows(await story.seeOrder(story.order), { status: 'DELIVERED', shipments: [{ status: 'DELIVERED' }] });
    await story.wasTold('ORDER_DELIVERED', [story.order.id, shipmentId]);
  }),
];

const claimed: readonly Step<PharmacyStory>[] = [
  by('the family claims the line in the fund, once', async (story) => {
    const expenses = [{ orderLineId: story.order.lineId }];
    const enters = () =>
      story.family.does(
        'enterClaim',
        { applicationId: story.granted.application.id, expenses },
        '... on Claim { id version status } ... on ExpenseNotClaimable { problems { problem } }',
      );
    story.claim = await enters();
    shows(story.claim, { __typename: 'Claim', status: 'ENTERED' });
    shows(await enters(), { __typename: 'ExpenseNotClaimable', problems: [{ problem: 'ALREADY_CLAIMED' }] });
  }),
  by('it is checked, approved and paid out', async (story) => {
    const reason = 'The medicine was prescribed and delivered.';
    shows(await story.actOnClaim('third-reviewer', 'checkClaim', { decision: 'PASS', reason }), { status: 'CHECKED' });
    const approved = await story.actOnClaim('finance', 'decideClaim', { decision: 'APPROVE', reason });
    shows(approved, { status: 'APPROVED' });
    const share = (story.paidFen * 40n) / 100n;
    const award = share < 1_600_000n ? share : 1_600_000n;
    if (fen(approved.award.amount.amount) !== award) throw new Unexpected(String(award), approved.award);
    const account = {
      patientId: story.patientId,
      holderName: 'Story Family',
      accountNumber: '6222 0000 0000 8888',
      bankCode: '999000000001',
      expectedVersion: null,
    };
    shows(await story.family.does('setPayoutAccount', account, ''), { __typename: 'PayoutAccount' });
    const { data } = await story.anyone.ask('{ funds(first: 100) { nodes { id code } } }');
    const { id: fundId } = data.funds.nodes.find(({ code }: { code: string }) => code === 'GENERAL');
    const batch = await story
      .who('second-finance')
      .does('createPayoutBatch', { fundId }, '... on PayoutBatch { id version status }');
    const released = await story
      .who('second-finance')
      .does(
        'releasePayoutBatch',
        { batchId: batch.id, expectedVersion: batch.version },
        '... on PayoutBatch { status }',
      );
    shows(released, { status: 'RELEASED' });
    await until(
      () => story.seeClaim(),
      ({ status }) => status === 'PAID',
      WAIT,
    );
  }),
  by('the medicine comes back: the family has its money again, and the fund takes back its aid', async (story) => {
    shows(await story.seePrescription(), { used: 2 });
    const shelf = await story.lot(story.firstLot);
    const returned = await story.act(story.who('pharmacist'), story.order, 'returnDrugOrder', {
      reason: 'The family found the seal broken.',
    });
    shows(returned, { __typename: 'DrugOrder', status: 'RETURNED' });
    isEmpty(returned.allowedActions);
    const refunded = await until(
      () => story.seeOrder(story.order),
      ({ payments }) =>
        payments.some(({ refunds }: { refunds: { cause: string; status: string }[] }) =>
          refunds.some(({ cause, status }) => cause === 'RETURNED' && status === 'DONE'),
        ),
      WAIT,
    );
    const paid = refunded.payments.find(({ status }: { status: string }) => status === 'PAID');
    if (fen(paid.refunded.amount) !== story.paidFen) throw new Unexpected(String(story.paidFen), paid);
    const claim = await until(
      () => story.seeClaim(),
      ({ clawBacks }) => clawBacks.length > 0,
      WAIT,
    );
    shows(claim, { status: 'REVERSED', clawBacks: [{ status: 'DUE', cause: 'ORDER_REFUNDED' }] });
    // what came back is never sold again, and may be supplied anew
    shows(await story.lot(story.firstLot), { onHand: shelf.onHand, reserved: shelf.reserved });
    shows(await story.seePrescription(), { used: 0, left: 6 });
    await story.wasTold('ORDER_RETURNED', [story.order.id]);
  }),
];

const heldBack: readonly Step<PharmacyStory>[] = [
  by('the next order takes the last of the first lot, and the second for the rest', async (story) => {
    const order = await story.orders(2);
    story.second = { ...order, lineId: order.lines[0].id };
    shows(await story.pays(order, 'sim_pay'), { status: 'PAID' });
    const parcel = await story.sends(order);
    story.warmShipmentId = parcel.id;
    const { lines } = await story.seeOrder(order);
    shows(lines[0].lots, [
      { lot: story.firstLot, quantity: 1 },
      { lot: story.secondLot, quantity: 1 },
    ]);
  }),
  by('too long too warm it is held back, and those concerned are told', async (story) => {
    const { warmShipmentId } = story;
    shows(await story.measures(warmShipmentId, [5, 11, 11, 11, 11, 11, 11, 12]), { accepted: 8 });
    shows(await story.seeShipment(warmShipmentId), { status: 'QUARANTINED' });
    const { shipments } = await story.seeOrder(story.second);
    shows(shipments, [{ id: warmShipmentId, status: 'QUARANTINED', quarantineCause: 'WARM' }]);
    const about = [story.second.id, warmShipmentId];
    await story.wasTold('PARCEL_QUARANTINED', about);
    await story.wasTold('PARCEL_QUARANTINED', about, story.who('pharmacist'));
  }),
  by('brought to the door all the same, it is not delivered as good', async (story) => {
    const { warmShipmentId: shipmentId } = story;
    await story.reports([{ shipmentId, kind: 'DELIVERED', at: after(4 * MINUTE) }]);
    shows(await story.seeOrder(story.second), { status: 'SHIPPED', shipments: [{ status: 'QUARANTINED' }] });
  }),
  by('a pharmacist decides once that it is replaced, and the same order is packed again', async (story) => {
    const pharmacist = story.who('pharmacist');
    const { data } = await pharmacist.ask(
      `{ quarantinedShipments(first: 100) { nodes { ${SHIPMENT} order { id } temperatures { outsideMinutes explanation } } } }`,
    );
    const found = data.quarantinedShipments.nodes.find(({ id }: { id: string }) => id === story.warmShipmentId);
    shows(found, { allowedActions: ['RELEASE', 'REPLACE', 'REFUND'], order: { id: story.second.id } });
    shows(found.temperatures, { outsideMinutes: 4 });
    const decides = () =>
      pharmacist.does(
        'decideQuarantine',
        {
          shipmentId: found.id,
          decision: 'REPLACE',
          reason: 'Four minutes at 11 °C.',
          expectedVersion: found.version,
        },
        '... on Shipment { id decision allowedActions }',
      );
    const decided = await decides();
    shows(decided, { __typename: 'Shipment', decision: 'REPLACE' });
    isEmpty(decided.allowedActions);
    const again = await decides();
    if (again.__typename === 'Shipment') throw new Unexpected('one decision', again);
    shows(await story.seeOrder(story.second), { status: 'PAID' });
    await story.wasTold('REPLACEMENT_COMING', [story.second.id, story.warmShipmentId]);
  }),
  by('a replacement is sent and delivered', async (story) => {
    const parcel = await story.sends(story.second);
    story.shipmentId = parcel.id;
    await story.reports([{ shipmentId: parcel.id, kind: 'PICKED_UP', at: after(0) }]);
    const at = after(1_000);
    shows(await story.reports([{ shipmentId: parcel.id, kind: 'DELIVERED', at }]), { accepted: 1 });
    const { status, lines, shipments } = await story.seeOrder(story.second);
    shows({ status, shipments }, { status: 'DELIVERED', shipments: [{ status: 'DELIVERED' }, {}] });
    shows(lines[0].lots, [{ lot: story.secondLot, quantity: 2 }]);
    // paid once, supplied once
    shows(await story.seePrescription(), { used: 2, left: 4 });
  }),
];

const recalled: readonly Step<PharmacyStory>[] = [
  by('a lot is recalled: every order concerned is found at once, and its family told', async (story) => {
    const { medicineId, secondLot: lot } = story;
    const pharmacist = story.who('pharmacist');
    const recall = (of: string) =>
      pharmacist.does(
        'recallLot',
        { medicineId, lot: of, reason: 'Particles were found in it.' },
        '... on LotRecall { lot { id recalledAt available } orders(first: 100) { nodes { id } } }',
      );
    const recalled = await recall(lot);
    shows(recalled, { __typename: 'LotRecall', orders: { nodes: [{ id: story.second.id }] } });
    await story.wasTold('MEDICINE_RECALLED', [story.second.id, recalled.lot.id]);
    shows(await recall(`NO-SUCH-${lot}`.slice(0, 50)), { __typename: 'NotFound' });
    await recall(story.firstLot);
    await story.bears(story.boreMinutes);
  }),
  by('a prescription is withdrawn by its physician, and nothing is ordered by it', async (story) => {
    const { version } = await story.seePrescription();
    const withdrawn = await story
      .who('physician')
      .does(
        'withdrawPrescription',
        { prescriptionId: story.prescription.id, reason: 'Another medicine is better.', expectedVersion: version },
        PRESCRIPTION,
      );
    shows(withdrawn, { __typename: 'Prescription', status: 'WITHDRAWN' });
    isEmpty(withdrawn.allowedActions);
    shows(await story.orders(1), { __typename: 'PrescriptionNotUsable', problems: [{ problem: 'WITHDRAWN' }] });
  }),
  by('strangers saw nothing of it', async (story) => {
    for (const name of ['patient', 'other-patient'] as const) {
      const { data } = await story
        .who(name)
        .ask(
          'query($order: ID!, $prescription: ID!) { drugOrder(id: $order) { id } prescription(id: $prescription) { id } }',
          {
            order: story.order.id,
            prescription: story.prescription.id,
          },
        );
      shows(data, { drugOrder: null, prescription: null });
      isEmpty(await story.told([story.order.id, story.second.id, story.prescription.id], story.who(name)));
    }
    for (const name of ['admin', 'finance'] as const) {
      const { data } = await story
        .who(name)
        .ask(
          'query($prescription: ID!) { prescription(id: $prescription) { id } quarantinedShipments { nodes { id } } }',
          {
            prescription: story.prescription.id,
          },
        );
      shows(data, { prescription: null, quarantinedShipments: null });
    }
  }),
];

export const PHARMACY_STORY: readonly Step<PharmacyStory>[] = [
  ...prescribed,
  ...ordered,
  ...delivered,
  ...claimed,
  ...heldBack,
  ...recalled,
];
