import { readExamples } from '../documents/examples.js';
import { DEMO_PARTNERS, DEMO_PEOPLE } from '../identity/demo-people.js';
import { htmlText, type Page } from './page.js';
import type { Shown } from './pages.js';
import type { SandboxData } from './sandbox-data.js';

/** Where Apollo's own page comes from, which is shown in a frame of ours. */
const CDN = 'https://sandbox.embed.apollographql.com';

/** Apollo Sandbox, in a frame. It is theirs and comes over the network; our page says so when it does not come. */
export function sandboxPage({ demoToken }: Shown): Page {
  const main = readExamples(new Date())[0]?.examples[0];
  const data: SandboxData = {
    cdn: CDN,
    partners: DEMO_PARTNERS.map(({ name }) => name),
    ...(main && { opening: { document: main.text, variables: main.variables } }),
  };
  return {
    title: 'Apollo Sandbox',
    script: 'sandbox',
    frame: CDN,
    data,
    body: `<main>
  <div class="bar">
    <h1>Apollo Sandbox</h1>
    ${demoToken ? askAs() : ''}
    <p id="state" role="status">Fetching Apollo Sandbox …</p>
  </div>
  <div id="unreachable" hidden>
    <h2>Apollo Sandbox cannot be reached</h2>
    <p>It is a page of Apollo’s, and comes from <code>${htmlText(new URL(CDN).host)}</code>. This browser does not get there:
    you may be offline, or a firewall or a blocker is in the way.</p>
    <p>The <a href="/explorer">explorer</a> does the same from this server alone, with our examples and demo people in it.</p>
    <p><button type="button" class="button" id="again">Try again</button></p>
  </div>
  <div id="sandbox"></div>
</main>`,
  };
}

function askAs(): string {
  const option = ({ name, displayName }: { name: string; displayName: string }) =>
    `<option value="${htmlText(name)}">${htmlText(displayName)} (${htmlText(name)})</option>`;
  return `<label>Ask as <select id="as">
      <option value="">nobody</option>
      <optgroup label="People">${DEMO_PEOPLE.map(option).join('')}</optgroup>
      <optgroup label="Partners">${DEMO_PARTNERS.map(option).join('')}</optgroup>
    </select></label>`;
}
