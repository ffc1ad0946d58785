import './map.css';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import type { Ownership } from '../ownership.js';
import { pageData } from './data.js';
import { Atlas } from './map-atlas.js';
import { choose, counted, Overview, Results, TypePanel } from './map-panel.js';
import { search } from './map-search.js';

const ownership = pageData<Ownership>();
const byName = new Map(ownership.types.map((type) => [type.name, type]));

/** What stands behind `#` in the address: `Application` or `Application.drugOrders`. */
const address = (): string => decodeURIComponent(window.location.hash.slice(1));

function onAddress(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

function SchemaMap() {
  const [typeName = '', fieldName] = useSyncExternalStore(onAddress, address).split('.');
  const [words, setWords] = useState('');
  const chosen = byName.get(typeName);
  const result = useMemo(() => search(ownership.types, words), [words]);
  const searching = words.trim() !== '';

  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') choose('');
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const entities = ownership.types.filter(({ kind }) => kind === 'entity');
  const wanted = searching ? new Set(result.found.map(({ type }) => type.name)) : undefined;
  return (
    <>
      <div className="top">
        <h1>Map of the schema</h1>
        <p>
          {counted(entities.length, 'entity', 'entities')} among {counted(ownership.types.length, 'type', 'types')}, in
          the territories of {counted(ownership.subgraphs.length, 'subgraph', 'subgraphs')}.
        </p>
        <search>
          <input
            type="search"
            aria-label="Search types and fields"
            placeholder="Search types, fields, inputs, errors…"
            value={words}
            onChange={({ target }) => setWords(target.value)}
          />
        </search>
      </div>
      <Atlas ownership={ownership} chosen={chosen} wanted={wanted} />
      <aside className={chosen || searching ? 'panel open' : 'panel'} aria-label="What is chosen">
        {searching ? (
          <Results {...result} words={words} subgraphs={ownership.subgraphs} leave={() => setWords('')} />
        ) : chosen ? (
          <TypePanel ownership={ownership} type={chosen} fieldName={fieldName} />
        ) : (
          <Overview ownership={ownership} unknown={typeName} />
        )}
      </aside>
    </>
  );
}

const root = document.querySelector('#map');
if (root) createRoot(root).render(<SchemaMap />);
