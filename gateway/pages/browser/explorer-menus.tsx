import { useState } from 'react';
import type { Asker, ShownExample, ShownGroup } from '../explorer-data.js';
import type { Asking, Endpoint } from './explorer-asking.js';
import { matching } from './explorer-examples.js';

interface AskingBarProps {
  readonly askers: readonly Asker[];
  readonly asking: Asking;
  readonly endpoint: Endpoint;
  /** What went wrong, and what to do; empty when nothing did. */
  readonly problem: string;
  /** The examples are shown. */
  readonly listed: boolean;
  readonly onList: () => void;
  readonly onChoose: (name: string | undefined) => void;
}

/** No demo person has this name: whoever has put in a token by hand. */
const OTHER = '(other)';

/** Who asks, and where. */
export function AskingBar({ askers, asking, endpoint, problem, listed, onList, onChoose }: AskingBarProps) {
  return (
    <>
      <button type="button" className="list" aria-expanded={listed} aria-controls="examples" onClick={onList}>
        Examples
      </button>
      {askers.length > 0 && <WhoAsks askers={askers} asking={asking} onChoose={onChoose} />}
      <p className="purpose">{purposeOf(asking, askers)}</p>
      <p className="problem" role="alert">
        {problem}
      </p>
      <code className="endpoint">POST {endpoint}</code>
    </>
  );
}

function WhoAsks({ askers, asking, onChoose }: Pick<AskingBarProps, 'askers' | 'asking' | 'onChoose'>) {
  const options = (partner: boolean) =>
    askers
      .filter((asker) => asker.partner === partner)
      .map(({ name, displayName }) => (
        <option key={name} value={name}>
          {partner ? displayName : `${displayName}, ${name}`}
        </option>
      ));
  const chosen = asking.kind === 'demo' ? asking.asker.name : asking.kind === 'other' ? OTHER : '';
  return (
    <label>
      Ask as
      <select value={chosen} onChange={({ target }) => onChoose(target.value || undefined)}>
        <option value="">Nobody, not signed in</option>
        {asking.kind === 'other' && (
          <option value={OTHER} disabled>
            The owner of the token in Headers
          </option>
        )}
        <optgroup label="People">{options(false)}</optgroup>
        <optgroup label="Partners">{options(true)}</optgroup>
      </select>
    </label>
  );
}

function purposeOf(asking: Asking, askers: readonly Asker[]): string {
  if (asking.kind === 'demo') return asking.asker.purpose;
  if (askers.length === 0) return 'Put an access token of your issuer into Headers, as "authorization".';
  return asking.kind === 'nobody' ? 'Sees the catalog and what is public of the community' : '';
}

interface ExampleListProps {
  readonly groups: readonly ShownGroup[];
  /** The operation that is open. */
  readonly shown: string;
  readonly onOpen: (example: ShownExample) => void;
}

/** The examples, by who comes for them. */
export function ExampleList({ groups, shown, onOpen }: ExampleListProps) {
  const [typed, setTyped] = useState('');
  const found = matching(groups, typed);
  return (
    <nav aria-label="Examples">
      <input
        type="search"
        aria-label="Search the examples"
        placeholder="What do you want to see?"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {found.length === 0 && <p role="status">No example has these words.</p>}
      {found.map(({ who, examples }) => (
        <section key={who}>
          <h2>{who}</h2>
          <ul>
            {examples.map((example) => (
              <li key={example.name}>
                <button
                  type="button"
                  aria-current={example.text === shown ? 'true' : undefined}
                  onClick={() => onOpen(example)}
                >
                  {example.need} <code>{example.name}</code>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
