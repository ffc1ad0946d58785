import { element } from './element.js';

interface Amount {
  readonly amount: string;
  readonly currency: string;
}

/** What `ApplicationOverview` answers, as far as it is shown. A part that is down leaves its fields null. */
export interface MainAnswer {
  readonly data?: {
    readonly application?: {
      readonly number: string;
      readonly status: string;
      readonly allowedActions: readonly string[];
      readonly timeline: readonly { readonly status: string; readonly at: string }[];
      readonly reviews: readonly { readonly stage: string; readonly decision: string | null }[];
      readonly grant: { readonly tier: string | null; readonly maximum: Amount } | null;
      readonly disease: {
        readonly nameEn: string | null;
        readonly nameZh: string | null;
        readonly catalogNo: number | null;
        readonly stories: { readonly nodes: readonly Story[] } | null;
      } | null;
      readonly patient: { readonly displayName: string | null; readonly annualAid: AnnualAid | null } | null;
      readonly drugOrders: readonly DrugOrder[] | null;
    } | null;
  } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  readonly extensions?: { readonly cost?: { readonly requested: number } };
}

interface Story {
  readonly title: string;
  readonly author: { readonly pseudonym: string } | null;
}

interface AnnualAid {
  readonly year: number;
  readonly cap: Amount;
  readonly granted: Amount;
  readonly paid: Amount;
  readonly remaining: Amount;
}

interface DrugOrder {
  readonly number: string;
  readonly status: string;
  readonly placedAt: string;
  readonly total: Amount;
  readonly lines: readonly {
    readonly quantity: number;
    readonly medicine: { readonly genericNameEn: string | null; readonly genericNameZh: string | null } | null;
  }[];
  readonly shipment: { readonly status: string; readonly coldChain: boolean } | null;
}

/** The answer as a page would show it, each part beside the subgraph that gave it. */
export function shownAnswer(answer: MainAnswer): HTMLElement {
  const application = answer.data?.application;
  return element(
    'div',
    { class: 'answer' },
    ...(answer.errors ?? []).map(({ message, extensions }) =>
      element('p', { class: 'failed' }, `${extensions?.code ?? 'Error'}: ${message}`),
    ),
    application
      ? element(
          'dl',
          { class: 'rows' },
          row('fund', ...aboutApplication(application), aboutAid(application.patient?.annualAid)),
          row('patient', aboutPatient(application.patient)),
          row('catalog', aboutDisease(application.disease)),
          row('pharmacy', aboutOrders(application.drugOrders)),
          row('community', aboutStories(application.disease?.stories?.nodes)),
        )
      : undefined,
    element(
      'details',
      {},
      element('summary', {}, 'The same as JSON'),
      element(
        'pre',
        { tabindex: '0', role: 'region', 'aria-label': 'The answer as JSON' },
        JSON.stringify(answer, null, 2),
      ),
    ),
  );
}

type Application = NonNullable<NonNullable<MainAnswer['data']>['application']>;

const row = (subgraph: string, ...content: (Node | undefined)[]) =>
  element(
    'div',
    { 'data-of': subgraph },
    element('dt', {}, subgraph),
    element('dd', {}, ...(content.some(Boolean) ? content : [element('p', { class: 'soft' }, 'Nothing came.')])),
  );

const DECIDED: Readonly<Record<string, string>> = {
  APPROVE: 'approved',
  REJECT: 'rejected',
  REQUEST_INFORMATION: 'sent back for papers',
  RECUSE: 'passed on',
};

const aboutApplication = ({ number, status, timeline, reviews, allowedActions }: Application) => [
  element('p', {}, element('strong', {}, number), ' ', badge(status)),
  element(
    'ol',
    { class: 'timeline', 'aria-label': 'Timeline' },
    ...timeline.map((event) =>
      element('li', {}, words(event.status), element('time', { datetime: event.at }, day(event.at))),
    ),
  ),
  element(
    'p',
    {},
    `${reviews.map(({ stage, decision }) => `${words(stage)} ${DECIDED[decision ?? ''] ?? 'under way'}`).join(' · ')}. `,
    ...(allowedActions.length > 0 ? [`Next you may: ${allowedActions.map(words).join(', ').toLowerCase()}.`] : []),
  ),
];

function aboutAid(aid: AnnualAid | null | undefined): HTMLElement | undefined {
  if (!aid) return undefined;
  const said = `Aid in ${aid.year}: ${money(aid.paid)} paid of ${money(aid.granted)} granted; ${money(aid.remaining)} of ${money(aid.cap)} still to be had`;
  const part = (kind: string, amount: number) => {
    const made = element('span', { class: kind });
    made.style.width = `${(100 * amount) / Number(aid.cap.amount)}%`;
    return made;
  };
  const paid = Number(aid.paid.amount);
  return element(
    'div',
    { class: 'aid' },
    element(
      'div',
      { class: 'bar', role: 'img', 'aria-label': said },
      part('paid', paid),
      part('granted', Number(aid.granted.amount) - paid),
    ),
    element('p', {}, `${said}.`),
  );
}

const aboutPatient = (patient: Application['patient']) =>
  patient?.displayName ? element('p', {}, patient.displayName) : undefined;

const aboutDisease = (disease: Application['disease']) =>
  disease?.nameEn
    ? element(
        'p',
        {},
        `${disease.nameEn} `,
        element('span', { lang: 'zh' }, disease.nameZh ?? ''),
        element('span', { class: 'soft' }, ` no. ${disease.catalogNo} of the national list`),
      )
    : undefined;

function aboutOrders(orders: readonly DrugOrder[] | null): HTMLElement | undefined {
  if (!orders) return undefined;
  const items = orders.map(({ number, status, placedAt, total, lines, shipment }) =>
    element(
      'li',
      {},
      element('span', {}, element('strong', {}, number), ' ', badge(shipment?.status ?? status)),
      element('span', {}, money(total)),
      element(
        'span',
        { class: 'soft' },
        `${day(placedAt)}: ${lines.map(({ quantity, medicine }) => `${quantity} × ${medicine?.genericNameEn ?? 'medicine'}`).join(', ')}`,
      ),
    ),
  );
  return items.length > 0 ? element('ul', { class: 'orders' }, ...items) : element('p', {}, 'No orders yet.');
}

function aboutStories(stories: readonly Story[] | undefined): HTMLElement | undefined {
  if (!stories) return undefined;
  const items = stories.map(({ title, author }) =>
    element('li', {}, `“${title}”`, element('span', { class: 'soft' }, author ? ` by ${author.pseudonym}` : '')),
  );
  return items.length > 0 ? element('ul', {}, ...items) : element('p', {}, 'No stories yet.');
}

const badge = (status: string) => element('span', { class: 'badge' }, words(status));

/** `IN_REVIEW` as people say it. */
function words(name: string): string {
  const text = name.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const money = ({ amount, currency }: Amount) =>
  new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 0,
  }).format(Number(amount));

const day = (at: string) =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'Asia/Shanghai' }).format(new Date(at));
