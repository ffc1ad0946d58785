import { GraphiQL } from 'graphiql';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './explorer.css';
import type { ExplorerData } from '../explorer-data.js';
import { pageData } from './data.js';
import { Desk } from './explorer-desk.js';
import { contentOf, firstOpened } from './explorer-examples.js';
import { createFetcher, type FreshToken, type Outcome } from './explorer-fetcher.js';
import { storageWithoutTokens } from './explorer-storage.js';

const EMPTY_TAB = '# Write an operation: Ctrl-Space shows what fits, Ctrl-Enter sends it.\n\n';

/** As in the style. */
const STACKED = matchMedia('(max-width: 44rem)');

const { groups, askers } = pageData<ExplorerData>();
const storage = storageWithoutTokens(askers);
const firstTabs = firstOpened(groups).map((example) => contentOf(example));

function Explorer() {
  const [renewed, setRenewed] = useState<FreshToken>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [fetcher] = useState(() => createFetcher(askers, { onRenewed: setRenewed, onOutcome: setOutcome }));
  useEffect(() => {
    // on a phone the answer stands below what is asked
    if (outcome && STACKED.matches) document.querySelector('.graphiql-response')?.scrollIntoView({ block: 'start' });
  }, [outcome]);
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      defaultTabs={firstTabs}
      defaultQuery={EMPTY_TAB}
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      // this storage keeps no token
      shouldPersistHeaders
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo> </GraphiQL.Logo>
      <GraphiQL.Footer>
        <p className="outcome" role="status">
          {outcome && outcomeText(outcome)}
        </p>
      </GraphiQL.Footer>
      <Desk groups={groups} askers={askers} renewed={renewed} />
    </GraphiQL>
  );
}

const outcomeText = ({ operation = 'The operation', endpoint, status, milliseconds }: Outcome): string =>
  `${operation}: ${status ?? 'no answer'} from ${endpoint} in ${milliseconds} ms`;

createRoot(document.getElementById('explorer') as HTMLElement).render(<Explorer />);
