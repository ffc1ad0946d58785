import { useEditorContext, useSchemaStore } from '@graphiql/react';
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { ExplorerData, ShownExample } from '../explorer-data.js';
import { demoToken } from './data.js';
import { makeFrameAccessible, makePaneAccessible } from './explorer-accessible.js';
import { askAs, askingOf, endpointOf, headersIn, paneOf, withToken } from './explorer-asking.js';
import { contentOf } from './explorer-examples.js';
import type { FreshToken } from './explorer-fetcher.js';
import { AskingBar, ExampleList } from './explorer-menus.js';

interface DeskProps extends ExplorerData {
  /** Got for the latest request: it stands in the pane from now on. */
  readonly renewed: FreshToken | undefined;
}

/** Where the list of examples has room beside the panes. */
const WIDE = matchMedia('(min-width: 64rem)');

const Into = ({ place, children }: { readonly place: string; readonly children: ReactNode }) =>
  createPortal(children, document.getElementById(place) as HTMLElement);

/** What we add to GraphiQL: who asks, and the examples. Both work on its panes; it is the headers that say who asks. */
export function Desk({ groups, askers, renewed }: DeskProps) {
  const { tabs, activeTabIndex, addTab, changeTab, updateActiveTabValues, ...panes } = useEditorContext({
    nonNull: true,
  });
  const { queryEditor, variableEditor, headerEditor, responseEditor } = panes;
  const introspect = useSchemaStore((schema) => schema.introspect);
  const [listed, setListed] = useState(WIDE.matches);
  const [problem, setProblem] = useState('');

  const active = tabs[activeTabIndex];
  const pane = active?.headers ?? '';
  const asking = askingOf(headersIn(pane), askers);
  const endpoint = endpointOf(asking);
  const ready = Boolean(queryEditor && variableEditor && headerEditor && responseEditor);

  const setPane = (text: string) => {
    headerEditor?.setValue(text);
    updateActiveTabValues({ headers: text });
  };

  const chooseAsker = (name: string | undefined) => setPane(paneOf(askAs(headersIn(pane), name)));

  const open = (example: ShownExample, as = example.as) => {
    const content = contentOf(example, as);
    const opened = tabs.findIndex((tab) => tab.query === content.query && (tab.variables ?? '') === content.variables);
    if (opened < 0) addTab();
    else changeTab(opened);
    updateActiveTabValues({ ...content, operationName: example.name });
    // changed to once more, for the panes to show what the tab holds now
    changeTab(opened < 0 ? tabs.length : opened);
  };

  /** `/explorer?as=NAME&example=NAME` opens an example as somebody. */
  const followAddress = useEffectEvent(() => {
    const address = new URLSearchParams(location.search);
    const [as, name] = [address.get('as') ?? undefined, address.get('example')];
    const known = as === undefined || askers.some((asker) => asker.name === as);
    if (!known) setProblem(`Nobody is called ${as} here. Choose who asks from the menu.`);
    const person = known ? as : undefined;
    const example = groups.flatMap(({ examples }) => examples).find((each) => each.name === name);
    if (example) open(example, person);
    else {
      if (name !== null) setProblem(`No example is called ${name}. Choose one from the list.`);
      if (person !== undefined) updateActiveTabValues({ headers: paneOf(askAs(headersIn(pane), person)) });
      // GraphiQL shows the query of the first tab, but neither its variables nor its headers
      changeTab(activeTabIndex);
    }
  });
  useEffect(() => {
    // before the panes are there nothing can be done with them
    if (!ready) return;
    followAddress();
    document.getElementById('explorer')?.removeAttribute('aria-busy');
  }, [ready]);

  const fetchToken = useEffectEvent(async (name: string): Promise<void> => {
    try {
      const token = await demoToken(name);
      // meanwhile there may be another tab, or another person
      const headers = headersIn(headerEditor?.getValue() ?? '');
      const now = askingOf(headers, askers);
      if (now.kind === 'demo' && now.asker.name === name) setPane(paneOf(withToken(headers, token)));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  });
  const tokenlessAsker = asking.kind === 'demo' && asking.token === undefined ? asking.asker.name : undefined;
  useEffect(() => {
    if (ready && tokenlessAsker !== undefined) void fetchToken(tokenlessAsker);
  }, [tokenlessAsker, ready]);

  const showRenewed = useEffectEvent(({ name, token }: FreshToken) => {
    if (asking.kind === 'demo' && asking.asker.name === name) setPane(paneOf(withToken(headersIn(pane), token)));
  });
  useEffect(() => {
    if (renewed) showRenewed(renewed);
  }, [renewed]);

  useEffect(() => {
    const named = { Operation: queryEditor, Variables: variableEditor, Headers: headerEditor, Answer: responseEditor };
    for (const [name, editor] of Object.entries(named)) if (editor) makePaneAccessible(editor, name);
  }, [queryEditor, variableEditor, headerEditor, responseEditor]);
  useEffect(() => {
    const frame = document.querySelector('.graphiql-container');
    return frame ? makeFrameAccessible(frame) : undefined;
  }, []);

  const described = useRef('/graphql');
  useEffect(() => {
    if (!ready || described.current === endpoint) return;
    described.current = endpoint;
    void introspect();
  }, [endpoint, ready, introspect]);

  return (
    <>
      <Into place="asking">
        <AskingBar
          askers={askers}
          asking={asking}
          endpoint={endpoint}
          problem={problem}
          listed={listed}
          onList={() => setListed(!listed)}
          onChoose={(name) => {
            setProblem('');
            chooseAsker(name);
          }}
        />
      </Into>
      {listed && (
        <Into place="examples">
          <ExampleList
            groups={groups}
            shown={active?.query ?? ''}
            onOpen={(example) => {
              setProblem('');
              open(example);
              if (!WIDE.matches) setListed(false);
            }}
          />
        </Into>
      )}
    </>
  );
}
