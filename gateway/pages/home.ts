import { type ExampleGroup, readExamples } from '../documents/examples.js';
import { DEMO_PARTNERS, DEMO_PEOPLE, type DemoPerson } from '../identity/demo-people.js';
import type { HomeData } from './home-data.js';
import { type OwnedLine, ownedLines } from './owned-query.js';
import { contributions, type OwnedType, type Ownership, ownershipOf } from './ownership.js';
import { htmlText, type Page } from './page.js';
import type { Shown } from './pages.js';

/** What each of our subgraphs is about. Those of others are shown with what they own alone. */
const ABOUT: Readonly<Record<string, string>> = {
  patient: 'Who people are and how they are cared for: consents, papers, appointments, care plans, diaries.',
  catalog: 'What is known: rare diseases, the hospitals that treat them, medicines and who makes them.',
  fund: 'The money and its rules: applications, reviews, grants, claims, and a ledger to the fen.',
  pharmacy: 'Medicine from the prescription to the door: orders, stock, payments, parcels kept cold.',
  community: 'Stories, questions and articles, written under pseudonyms and looked after by moderators.',
};

/** The first page: what this is, whether it answers, what it can be asked, and as whom. In production it says where the API is, and no more. */
export const homePage = (shown: Shown): Page => (shown.production ? frontDoor() : startPage(shown));

const frontDoor = (): Page => ({
  title: 'Start',
  body: `<main>
  <h1>Rare disease care API</h1>
  <ul>
    <li><a href="/graphql">/graphql</a> takes queries, by POST or GET</li>
    <li><a href="/health/ready">/health/ready</a> says whether it can answer</li>
  </ul>
</main>`,
});

function startPage({ supergraphs, demoToken }: Shown): Page {
  const { api, partner } = supergraphs();
  const ownership = ownershipOf(api);
  const groups = readExamples(new Date());
  const main = groups[0]?.examples[0];
  const lines = main && ownedLines(main.text, ownership);
  const canRun = demoToken && main?.as && lines;
  const data: HomeData = canRun ? { main: { query: main.text, variables: main.variables, as: main.as as string } } : {};
  return {
    title: 'Start',
    script: 'home',
    data,
    body: `<main>
${HERO}
${main && lines ? mainQuery(main, lines, Boolean(canRun)) : ''}
${subgraphs(ownership)}
${demoToken ? people(groups, partner !== undefined) : signInElsewhere()}
${furtherOn(partner !== undefined, demoToken !== undefined)}
</main>
<div class="told" role="status"></div>`,
  };
}

const HERO = `<section class="hero">
  <h1>One API for a care center for rare diseases</h1>
  <div>
    <p>Families apply to a charity fund, order medicine, see a specialist and find others like them; hospitals, reviewers,
    pharmacists and partners do their part. It is for front-end teams who build the pages, and for partners who join in by
    program. All people, orders and prices here are invented.</p>
    <p class="ways"><a class="button" href="/explorer">Open the explorer</a> <a href="/map">See the map of the schema</a></p>
  </div>
  <dl class="now">
    <div><dt>Send queries to</dt><dd><code id="endpoint">/graphql</code></dd></div>
    <div><dt>Just now</dt><dd><span id="health" role="status">Asking …</span></dd></div>
  </dl>
</section>`;

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function mainQuery(
  { name, need }: { name: string; need: string },
  lines: readonly OwnedLine[],
  canRun: boolean,
): string {
  const owners = new Set(lines.flatMap(({ owner }) => owner ?? []));
  const asked = `${COUNTS[owners.size] ?? owners.size} ${owners.size === 1 ? 'subgraph' : 'subgraphs'}`;
  return `<section aria-labelledby="main-query">
  <h2 id="main-query">One request, ${asked}</h2>
  <p class="lead">“${htmlText(need)}” The colours say who answers.</p>
  <div class="main-query">
    <div class="panel">
      <h3><code>${htmlText(name)}</code></h3>
      <pre class="query" tabindex="0" role="region" aria-label="The query">${lines.map(queryLine).join('\n')}</pre>
    </div>
    <div class="panel" id="answer">
      <h3>The answer</h3>
      ${
        canRun
          ? `<div class="before">
        <p class="hint">Nothing is asked before you press the button. Then the demo patient asks, and each part of the answer
        stands beside the subgraph that gave it.</p>
        <p class="ways"><button class="button" type="button" id="run">Run it as the patient</button>
        ${explorerLink('Open it in the explorer', 'patient', name)} <span class="soft" id="took" role="status"></span></p>
      </div>`
          : '<div class="before"><p>Sign in at your issuer, and run it in the explorer with your token.</p></div>'
      }
    </div>
  </div>
</section>`;
}

function queryLine({ text, owner, isSeam }: OwnedLine): string {
  const [, code = '', comment = ''] = /^(.*?)(#.*)?$/.exec(text) ?? [];
  const shown = `${htmlText(code)}${comment && `<i>${htmlText(comment)}</i>`}`;
  if (owner === undefined) return `<span class="line">${shown}</span>`;
  const by = isSeam ? `<b>${htmlText(owner)}</b>` : '';
  return `<span class="line" data-of="${htmlText(owner)}">${shown}${by}</span>`;
}

const subgraphs = (ownership: Ownership) => `<section aria-labelledby="subgraphs">
  <h2 id="subgraphs">Who owns what</h2>
  <p class="lead">Each subgraph keeps its own things and its own database schema. Where one is down, its fields are
  <code>null</code> with <code>SUBGRAPH_UNAVAILABLE</code>, and the others go on.</p>
  <ul class="subgraphs">
    ${ownership.subgraphs.map((name) => subgraph(name, ownership)).join('\n    ')}
  </ul>
</section>`;

function subgraph(name: string, ownership: Ownership): string {
  const owned = ownership.types.filter(({ kind, owner }) => kind === 'entity' && owner === name);
  const added = [...new Set(contributions(ownership, name).map(({ type }) => type))];
  const about = ABOUT[name];
  return `<li data-of="${htmlText(name)}">
      <div><h3>${htmlText(name)}</h3><p class="health" data-part="${htmlText(name)}">Asking …</p></div>
      ${about ? `<p>${htmlText(about)}</p>` : ''}
      <div class="types"><p><span class="soft">Owns</span> ${owned.map(typeLink).join(', ') || 'no entity'}</p>${
        added.length > 0 ? `<p><span class="soft">Adds fields to</span> ${added.map(typeLink).join(', ')}</p>` : ''
      }</div>
    </li>`;
}

const typeLink = ({ name }: OwnedType) => `<a href="/map#${htmlText(name)}">${htmlText(name)}</a>`;

function people(groups: readonly ExampleGroup[], hasPartners: boolean): string {
  const card = (person: DemoPerson) => personCard(person, groups);
  return `<section aria-labelledby="people">
  <h2 id="people">Try it as somebody</h2>
  <p class="lead">Each has a token of an hour with all that they may do. Send it as <code>authorization: Bearer …</code>,
  or let the explorer do that.</p>
  <ul class="people">${DEMO_PEOPLE.map(card).join('\n')}</ul>
  ${
    hasPartners
      ? `<h3>Partners</h3>
  <p class="lead">Programs, not people. They have a smaller schema of their own at <code>/partner/graphql</code>.</p>
  <ul class="people">${DEMO_PARTNERS.map(card).join('\n')}</ul>`
      : ''
  }
</section>`;
}

function personCard({ name, displayName, purpose }: DemoPerson, groups: readonly ExampleGroup[]): string {
  const examples = groups.flatMap((group) => group.examples).filter(({ as }) => as === name);
  const things = examples.length === 1 ? 'One thing to try' : `${examples.length} things to try`;
  const tries = examples.map((example) => `<li>${explorerLink(example.need, name, example.name)}</li>`);
  return `<li>
    <h4>${htmlText(displayName)} <code class="short">${htmlText(name)}</code></h4>
    <p>${htmlText(purpose)}.</p>
    <p class="ways"><button type="button" class="button quiet" data-token-of="${htmlText(name)}">Copy token<span class="unseen"> for ${htmlText(name)}</span></button>
    ${explorerLink('Open in the explorer', name, examples[0]?.name)}</p>
    ${tries.length > 0 ? `<details><summary>${things}</summary><ul>${tries.join('')}</ul></details>` : ''}
  </li>`;
}

function explorerLink(text: string, as: string, example?: string): string {
  const search = new URLSearchParams({ as, ...(example !== undefined && { example }) });
  return `<a href="/explorer?${htmlText(search.toString())}">${htmlText(text)}</a>`;
}

const signInElsewhere = () => `<section aria-labelledby="people">
  <h2 id="people">Sign in</h2>
  <p class="lead">This server trusts an issuer of your own, so there are no demo people. Get a token there and send it as
  <code>authorization: Bearer …</code>.</p>
</section>`;

const link = (path: string, text: string) =>
  `<li><a href="${path}"><code>${path}</code></a> <span class="soft">${text}</span></li>`;
const file = (name: string, text: string) => `<li><code>${name}</code> <span class="soft">${text}</span></li>`;

const furtherOn = (hasPartners: boolean, hasIssuer: boolean) => `<section aria-labelledby="further">
  <h2 id="further">Further on</h2>
  <div class="columns">
    <div>
      <h3>On this server</h3>
      <ul>
        ${link('/explorer', 'GraphiQL with the examples, works offline')}
        ${link('/map', 'who owns which type and field')}
        ${link('/sandbox', 'Apollo Sandbox, needs the network')}
        ${hasPartners ? file('/partner/graphql', 'the partners’ schema') : ''}
        ${link('/health/ready', 'whether every part answers')}
        ${link('/metrics', 'for Prometheus')}
        ${hasIssuer ? link('/oidc/.well-known/openid-configuration', 'the development sign-in') : ''}
      </ul>
    </div>
    <div>
      <h3>In the repository</h3>
      <ul>
        ${file('README.md', 'what it is, how to run and change it')}
        ${file('docs/cookbook.md', 'every example with its answer')}
        ${file('docs/errors.md', 'every error, and what to do')}
        ${file('docs/scopes.md', 'which role may do what')}
        ${file('schema/api.graphql', 'the schema, to generate types from')}
        ${file('examples/client', 'a typed client')}
        ${file('examples/web', 'a patient’s page in React')}
        ${file('ARCHITECTURE.md', 'where to find what, what always holds')}
      </ul>
    </div>
  </div>
</section>`;
