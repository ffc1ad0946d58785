import { type ReactNode, useEffect, useRef } from 'react';
import { contributions, type OwnedField, type OwnedKind, type OwnedType, type Ownership } from '../ownership.js';
import { coloured, Dot, partsOf } from './map-atlas.js';
import { type Found, titleOf } from './map-search.js';
import { usesOf } from './map-uses.js';

/** What kind of type it is, in the panel and among what was found. */
const KINDS: Readonly<Record<OwnedKind, string>> = {
  root: 'where requests begin',
  entity: 'entity',
  value: 'value',
  page: 'page of a list',
  failure: 'failure',
  interface: 'interface',
  union: 'union',
  enum: 'enum',
  input: 'input',
  scalar: 'scalar',
};

/** Of a long list this much is shown at first. */
const FIRST = 8;

/** Goes to a type, `Application`, or a field, `Application.drugOrders`; to '' that nothing is chosen. */
export function choose(title: string): void {
  window.location.hash = title;
}

/** Nothing is chosen yet: how to read the map, who owns what, and where the subgraphs meet. */
export function Overview({ ownership, unknown }: { readonly ownership: Ownership; readonly unknown: string }) {
  const { subgraphs, types, links } = ownership;
  const owned = (name: string) => types.filter(({ kind, owner }) => kind === 'entity' && owner === name);
  const roots = types.filter(({ kind }) => kind === 'root');
  const example = types.find(({ kind, owner, fields }) => {
    return kind === 'entity' && fields.some(({ owners }) => owner !== undefined && owners[0] !== owner);
  });
  return (
    <>
      {unknown !== '' && (
        <p role="status">
          The schema has no type <code>{unknown}</code>. Search for it above, or choose one on the map.
        </p>
      )}
      <h2>How to read it</h2>
      <ul className="legend">
        <li>
          <Sample dot />
          An entity: something with an identity. The more fields, the bigger. Choose one to see them.
        </li>
        {example && (
          <li>
            <span className="sample">
              <Dot entity={example} subgraphs={subgraphs} />
            </span>
            <span>
              A sector of another colour: fields that another subgraph adds, as to <Link to={example.name} />. The ring:
              it has a key, by which other subgraphs refer to it.
            </span>
          </li>
        )}
        <li>
          <Sample line="inner" />A field leads from one to the other, within a subgraph.
        </li>
        <li>
          <Sample line="seam" />A seam: the field leads into another subgraph. Its colour is that of the subgraph which
          answers it; the gateway joins the two.
        </li>
      </ul>
      <p className="hint">
        Point at a place to see its neighbours. With the keyboard: Tab into the map, arrow keys, Enter; Escape lets go.
      </p>
      <h2>Where requests begin</h2>
      <ul className="plain">
        {roots.map(({ name, fields }) => (
          <li key={name}>
            <Link to={name} />, {fields.length} fields
          </li>
        ))}
      </ul>
      <h2>Who owns what</h2>
      <ul className="plain">
        {subgraphs.map((name) => {
          const added = contributions(ownership, name);
          const seams = links.filter(({ by, crosses }) => crosses && by === name).length;
          return (
            <li key={name} className="subgraph" style={coloured(subgraphs, name)}>
              <b>{name}</b> {counted(owned(name).length, 'entity', 'entities')}, {counted(seams, 'seam', 'seams')}
              {added.length > 0 && (
                <>
                  . Adds{' '}
                  {added.map(({ type, field }, i) => (
                    <span key={`${type.name}.${field.name}`}>
                      {i > 0 && ', '}
                      <Link to={`${type.name}.${field.name}`} />
                    </span>
                  ))}
                </>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Sample({ dot = false, line }: { readonly dot?: boolean; readonly line?: 'inner' | 'seam' }) {
  return (
    <span className="sample">
      <svg width="34" height="24" viewBox="0 0 34 24" className="lines" aria-hidden="true">
        {dot && <circle className="part" cx="17" cy="12" r="8" />}
        {line && <path className={line} d="M2 18Q17 2 32 8" />}
      </svg>
    </span>
  );
}

/** Everything about one type: its fields and who answers each, and where it is met. */
export function TypePanel(shown: {
  readonly ownership: Ownership;
  readonly type: OwnedType;
  readonly fieldName: string | undefined;
}) {
  const { ownership, type, fieldName } = shown;
  const { types, subgraphs } = ownership;
  const { name, kind, description, owner, keys, fields, members } = type;
  const title = useRef<HTMLHeadingElement>(null);
  const marked = useRef<HTMLLIElement>(null);

  // who followed a link that is gone now reads on here; who chose on the map stays on the map
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is another type's panel when the name changes
  useEffect(() => {
    if (document.activeElement === document.body) title.current?.focus({ preventScroll: true });
    title.current?.closest('.panel')?.scrollTo(0, 0);
  }, [name]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is another field that is marked when these change
  useEffect(() => {
    marked.current?.scrollIntoView({ block: 'center' });
  }, [name, fieldName]);

  const known = new Set(types.map((each) => each.name));
  const uses = usesOf(types, name);
  return (
    <>
      <button type="button" className="close" onClick={() => choose('')}>
        Close
      </button>
      <p className="kind" style={coloured(subgraphs, owner)}>
        {KINDS[kind]}
        {owner !== undefined ? ` of ${owner}` : kind !== 'root' && `, the same in ${type.subgraphs.join(', ')}`}
      </p>
      <h2 ref={title} tabIndex={-1} className="title">
        {name}
      </h2>
      <p className="said">
        <Said text={description} />
      </p>
      {kind === 'entity' && <Share type={type} subgraphs={subgraphs} />}
      {keys.length > 0 && (
        <p className="hint">
          Other subgraphs refer to it by <code>{keys.join(' or ')}</code>.
        </p>
      )}
      {members.length > 0 && (
        <>
          <h3>{kind === 'union' ? 'One of' : 'Types that have these fields'}</h3>
          <ul className="plain">
            {members.map((member) => (
              <li key={member}>
                <Link to={member} />
              </li>
            ))}
          </ul>
        </>
      )}
      {fields.length > 0 && (
        <>
          <h3>
            {kind === 'enum' ? counted(fields.length, 'value', 'values') : counted(fields.length, 'field', 'fields')}
          </h3>
          <ul className="fields">
            {fields.map((field) => (
              <li
                key={field.name}
                ref={field.name === fieldName ? marked : undefined}
                className={field.name === fieldName ? 'marked' : undefined}
                style={coloured(subgraphs, ownerOf(type, field))}
              >
                <Field type={type} field={field} known={known} />
              </li>
            ))}
          </ul>
        </>
      )}
      {uses.length > 0 && (
        <>
          <h3>{kind === 'failure' ? 'What can fail so' : 'Where it is met'}</h3>
          <Long
            items={uses.map((use) => (
              <li key={titleOf(use)}>
                <Link to={titleOf(use)} />
              </li>
            ))}
          />
        </>
      )}
    </>
  );
}

/** A bar: which part of the fields each subgraph answers. */
function Share({ type, subgraphs }: { readonly type: OwnedType; readonly subgraphs: readonly string[] }) {
  const parts = partsOf(type);
  return (
    <div className="share">
      <div className="bar" aria-hidden="true">
        {parts.map(({ owner, count }) => (
          <span key={owner} style={{ ...coloured(subgraphs, owner), flexGrow: count }} />
        ))}
      </div>
      <ul>
        {parts.map(({ owner = 'several', count }) => (
          <li key={owner} style={coloured(subgraphs, owner)}>
            <b>{owner}</b> {counted(count, 'field', 'fields')}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The one who answers a field; nobody, where several give the same. */
const ownerOf = ({ owner }: OwnedType, { owners }: OwnedField): string | undefined =>
  owner === undefined && owners.length > 1 ? undefined : owners[0];

function Field(shown: { readonly type: OwnedType; readonly field: OwnedField; readonly known: ReadonlySet<string> }) {
  const { type, field, known } = shown;
  const owner = ownerOf(type, field);
  return (
    <>
      <div className="signature">
        <code>
          <b>{field.name}</b>
          {field.args.length > 0 && (
            <span className="args">
              (
              {field.args.map((each, i) => (
                <span key={each.name} title={each.description}>
                  {i > 0 && ', '}
                  {each.name}: <Type type={each.type} of={each.of} known={known} />
                </span>
              ))}
              )
            </span>
          )}
          {field.type !== '' && (
            <>
              : <Type type={field.type} of={field.of} known={known} />
            </>
          )}
        </code>
        <span className="owner">{field.key ? 'key' : (owner ?? 'several')}</span>
      </div>
      <p>
        <Said text={field.description} />
        {field.deprecated !== undefined && (
          <>
            {' '}
            <b>Deprecated:</b> <Said text={field.deprecated} />
          </>
        )}
      </p>
    </>
  );
}

/** `[Review!]!`, of which `Review` leads on. */
function Type({ type, of, known }: Pick<OwnedField, 'type' | 'of'> & { readonly known: ReadonlySet<string> }) {
  if (!known.has(of)) return type;
  const [before = '', after = ''] = type.split(of);
  return (
    <>
      {before}
      <Link to={of} />
      {after}
    </>
  );
}

/** What a search has found. */
export function Results(shown: {
  readonly found: readonly Found[];
  readonly all: number;
  readonly words: string;
  readonly subgraphs: readonly string[];
  /** Somebody follows one: they want to see where it leads. */
  readonly leave: () => void;
}) {
  const { found, all, words, subgraphs, leave } = shown;
  return (
    <>
      <h2 role="status">
        {all === 0 ? 'Nothing' : all} found for “{words.trim()}”
        {found.length < all && `, the best ${found.length} are shown`}
      </h2>
      {all === 0 && <p>Try a part of a name, such as the beginning, or another word for it.</p>}
      <ul className="found">
        {found.map((each) => (
          <li key={titleOf(each)}>
            <a href={`#${titleOf(each)}`} onClick={leave} style={coloured(subgraphs, ownerOfFound(each))}>
              <b>{titleOf(each)}</b>
              <small>
                {each.field ? each.field.type || 'value' : KINDS[each.type.kind]}
                {ownerOfFound(each) !== undefined && `, ${ownerOfFound(each)}`}
              </small>
              <span>
                <Said text={(each.field ?? each.type).description} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

const ownerOfFound = ({ type, field }: Found): string | undefined => (field ? ownerOf(type, field) : type.owner);

/** A list whose end is shown to who wants it. */
function Long({ items }: { readonly items: readonly ReactNode[] }) {
  return (
    <>
      <ul className="plain">{items.slice(0, FIRST)}</ul>
      {items.length > FIRST && (
        <details>
          <summary>{items.length - FIRST} more</summary>
          <ul className="plain">{items.slice(FIRST)}</ul>
        </details>
      )}
    </>
  );
}

const Link = ({ to }: { readonly to: string }) => <a href={`#${to}`}>{to}</a>;

/** What a schema says, with `names` in it as code. */
const Said = ({ text }: { readonly text: string }) =>
  text.split('`').map((part, i) =>
    i % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the text's parts stay in their order
      <code key={i}>{part}</code>
    ) : (
      part
    ),
  );

/** `1 entity`, `2 entities`. */
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
