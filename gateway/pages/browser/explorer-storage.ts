import type { GraphiQLProps } from 'graphiql';
import type { Asker } from '../explorer-data.js';
import { askAs, askingOf, headersIn, paneOf } from './explorer-asking.js';

type Storage = NonNullable<GraphiQLProps['storage']>;

const OURS = 'graphiql:';
const HEADERS = 'graphiql:headers';
/** Where GraphiQL keeps requests with their headers, as JSON. */
const REQUESTS = ['graphiql:tabState', 'graphiql:queries', 'graphiql:favorites'];

const ourKeys = (): string[] => Object.keys(localStorage).filter((key) => key.startsWith(OURS));

/** What GraphiQL keeps in the browser. Of headers that is the name of the demo person who asks: no token, and nothing else. */
export function storageWithoutTokens(askers: readonly Asker[]): Storage {
  const kept = (pane: unknown): string => {
    const asking = askingOf(headersIn(String(pane)), askers);
    return asking.kind === 'demo' ? paneOf(askAs({}, asking.asker.name)) : '';
  };
  const keptOf = (key: string, value: string): string => {
    if (key === HEADERS) return kept(value);
    if (!REQUESTS.includes(key)) return value;
    return JSON.stringify(JSON.parse(value, (name, each) => (name === 'headers' ? kept(each) : each)));
  };
  return {
    getItem: (key) => localStorage.getItem(key),
    setItem: (key, value) => localStorage.setItem(key, keptOf(key, value)),
    removeItem: (key) => localStorage.removeItem(key),
    clear: () => {
      for (const key of ourKeys()) localStorage.removeItem(key);
    },
    get length() {
      return ourKeys().length;
    },
  };
}
