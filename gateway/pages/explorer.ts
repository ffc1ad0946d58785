import { type ExampleGroup, readExamples } from '../documents/examples.js';
import { DEMO_PARTNERS, DEMO_PEOPLE, type DemoPerson } from '../identity/demo-people.js';
import type { Asker, ExplorerData, ShownGroup } from './explorer-data.js';
import type { Page } from './page.js';
import type { Shown } from './pages.js';

const askerOf =
  (partner: boolean) =>
  ({ name, displayName, purpose, subject }: DemoPerson): Asker => ({ name, displayName, purpose, subject, partner });

/** Where people sign in at an issuer of their own there are none of ours to ask as. */
const askedByAnybody = (groups: readonly ExampleGroup[]): ShownGroup[] =>
  groups.map(({ who, examples }) => ({ who, examples: examples.map(({ as: _, ...example }) => example) }));

/** GraphiQL with the examples of `schema/operations`, to be asked as any of the demo people and partners. */
export const explorerPage = ({ demoToken }: Shown): Page => ({
  title: 'Explorer',
  script: 'explorer',
  body: `<main>
  <h1>Explorer</h1>
  <div id="asking"></div>
  <div id="examples"></div>
  <div id="explorer" aria-busy="true"><noscript>The explorer needs JavaScript.</noscript></div>
</main>`,
  data: {
    groups: demoToken ? readExamples(new Date()) : askedByAnybody(readExamples(new Date())),
    askers: demoToken ? [...DEMO_PEOPLE.map(askerOf(false)), ...DEMO_PARTNERS.map(askerOf(true))] : [],
  } satisfies ExplorerData,
});
