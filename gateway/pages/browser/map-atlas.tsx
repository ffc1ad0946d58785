import { type CSSProperties, type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { EntityLink, OwnedType, Ownership } from '../ownership.js';
import { type Area, type Layout, layOut, type Spot } from './map-layout.js';
import { usesOf } from './map-uses.js';

/** Where those lie that no single subgraph owns. */
const SHARED = 'shared';
/** From here on the panel stands beside the map, and the map is as high as the window. */
const WIDE = 1000;

/** The colour of a subgraph: its own if the style knows it, else one in order. */
export function colourOf(subgraphs: readonly string[], name: string | undefined): string {
  const index = subgraphs.indexOf(name ?? '');
  return index < 0 ? 'var(--soft)' : `var(--${CSS.escape(name ?? '')}, var(--land-${(index % 6) + 1}))`;
}

export const coloured = (subgraphs: readonly string[], name: string | undefined): CSSProperties =>
  ({ '--own': colourOf(subgraphs, name) }) as CSSProperties;

const radiusOf = ({ fields }: OwnedType): number => 3 + 2.3 * Math.sqrt(fields.length);
/** Of the square that a dot is drawn in, with its ring. */
const halfOf = (entity: OwnedType): number => Math.ceil(radiusOf(entity)) + 5;

/** All fields by which one place leads to another, drawn as one line. */
interface Line {
  readonly from: string;
  readonly to: string;
  readonly links: readonly EntityLink[];
}

/** The picture: territories, the entities in them, and the lines between those. */
export function Atlas(shown: {
  readonly ownership: Ownership;
  readonly chosen: OwnedType | undefined;
  /** What a search has found; the rest stands back. */
  readonly wanted: ReadonlySet<string> | undefined;
}) {
  const { ownership, chosen, wanted } = shown;
  const { subgraphs, types } = ownership;
  const sheet = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<{ width: number; height: number }>();
  const [pointed, setPointed] = useState<string>();

  useLayoutEffect(() => {
    const element = sheet.current;
    if (!element) return;
    const measure = () => {
      const below = window.innerHeight - element.getBoundingClientRect().top - window.scrollY - 20;
      const width = element.clientWidth;
      const height = window.innerWidth >= WIDE ? below : 0;
      setSize((now) => (now?.width === width && now.height === height ? now : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, []);

  const entities = useMemo(() => types.filter(({ kind }) => kind === 'entity'), [types]);
  const byName = useMemo(() => new Map(entities.map((each) => [each.name, each])), [entities]);
  const lines = useMemo(() => linesOf(ownership.links), [ownership]);
  const layout = useMemo(() => {
    if (!size) return undefined;
    const lands = [...subgraphs, SHARED].map((name) => ({
      name,
      places: entities
        .filter(({ owner = SHARED }) => owner === name)
        .sort((a, b) => b.fields.length - a.fields.length)
        .map((each) => each.name),
    }));
    const roads = lines.map(({ from, to }) => [from, to] as const);
    return layOut(lands, roads, size);
  }, [size, subgraphs, entities, lines]);

  const centre = byName.get(pointed ?? '')?.name ?? byName.get(chosen?.name ?? '')?.name;
  const lit = useMemo(() => {
    if (centre !== undefined) return around(lines, centre);
    const names = wanted ?? (chosen && chosen.kind !== 'root' ? concerned(types, chosen) : undefined);
    return names && entities.some(({ name }) => names.has(name)) ? names : undefined;
  }, [lines, types, entities, centre, wanted, chosen]);

  const entry = centre ?? [...(layout?.spots.keys() ?? [])][0];
  const walk = (name: string, event: KeyboardEvent) => {
    const next = layout && nextSpot(layout.spots, name, event.key);
    if (!next) return;
    event.preventDefault();
    document.getElementById(placeId(next))?.focus();
  };
  // chosen elsewhere, it may lie off the screen, or under what a phone shows of it
  const drawnNow = layout !== undefined;
  useEffect(() => {
    if (drawnNow && chosen) document.getElementById(placeId(chosen.name))?.scrollIntoView({ block: 'nearest' });
  }, [drawnNow, chosen]);
  const standing = (name: string): string =>
    name === centre ? 'centre' : lit === undefined ? '' : lit.has(name) ? 'lit' : 'back';

  return (
    <div className="atlas" ref={sheet} style={{ height: layout?.height }}>
      {layout &&
        [...layout.lands].map(([name, area]) => (
          <section
            key={name}
            className="land"
            aria-label={name}
            style={{ ...placed(area), ...coloured(subgraphs, name) }}
          >
            <h2>{name}</h2>
            <ul>
              {entities
                .filter(({ owner = SHARED }) => owner === name)
                .map((entity) => (
                  <li key={entity.name}>
                    <Place
                      entity={entity}
                      subgraphs={subgraphs}
                      spot={inside(layout.spots.get(entity.name), area)}
                      standing={standing(entity.name)}
                      isChosen={entity.name === chosen?.name}
                      isEntry={entity.name === entry}
                      note={centre === undefined ? undefined : noteOf(lines, centre, entity.name)}
                      point={setPointed}
                      walk={walk}
                    />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      {layout && (
        <svg className="lines" width="100%" height={layout.height} aria-hidden="true">
          {lines.map((line) => (
            <path
              key={`${line.from} ${line.to}`}
              d={curve(layout, byName, line)}
              className={`${line.links[0]?.crosses ? 'seam' : 'inner'} ${drawn(line, centre, lit)}`}
              style={coloured(subgraphs, line.links[0]?.by)}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

const placeId = (name: string): string => `place-${name}`;

function Place(shown: {
  readonly entity: OwnedType;
  readonly subgraphs: readonly string[];
  readonly spot: Spot | undefined;
  readonly standing: string;
  readonly isChosen: boolean;
  readonly isEntry: boolean;
  readonly note: { readonly text: string; readonly by: string } | undefined;
  readonly point: (name: string | undefined) => void;
  readonly walk: (name: string, event: KeyboardEvent) => void;
}) {
  const { entity, subgraphs, spot, standing, isChosen, isEntry, note, point, walk } = shown;
  const { name, fields } = entity;
  if (!spot) return null;
  return (
    <a
      id={placeId(name)}
      href={`#${name}`}
      className={`place ${standing}`}
      style={{ left: spot.x, top: spot.y - halfOf(entity) }}
      aria-current={isChosen ? 'true' : undefined}
      tabIndex={isEntry ? 0 : -1}
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && point(name)}
      onPointerLeave={() => point(undefined)}
      onFocus={() => point(name)}
      onBlur={() => point(undefined)}
      onKeyDown={(event) => walk(name, event)}
    >
      <Dot entity={entity} subgraphs={subgraphs} />
      <span className="name" style={{ fontSize: `${11.5 + Math.min(3, fields.length / 8)}px` }}>
        {name.split(/(?<=[a-z])(?=[A-Z])/).flatMap((part, i) => (i > 0 ? [<wbr key={part} />, part] : [part]))}
      </span>
      {note && ' '}
      {note && (
        <span className="note" style={coloured(subgraphs, note.by)}>
          {note.text}
        </span>
      )}
    </a>
  );
}

/** As big as it has fields; a sector for each subgraph that answers some of them; a ring when others refer to it. */
export function Dot({ entity, subgraphs }: { readonly entity: OwnedType; readonly subgraphs: readonly string[] }) {
  const radius = radiusOf(entity);
  const half = halfOf(entity);
  const parts = partsOf(entity);
  let from = 0;
  return (
    <svg
      aria-hidden="true"
      className="dot"
      width={2 * half}
      height={2 * half}
      viewBox={`${-half} ${-half} ${2 * half} ${2 * half}`}
    >
      <title>{`${entity.fields.length} fields`}</title>
      {entity.keys.length > 0 && <circle className="ring" r={radius + 3.2} style={coloured(subgraphs, entity.owner)} />}
      {parts.length === 1 ? (
        <circle className="part" r={radius} style={coloured(subgraphs, parts[0]?.owner)} />
      ) : (
        parts.map(({ owner, count }) => {
          const start = from;
          from += count / entity.fields.length;
          return (
            <path key={owner} className="part" d={sector(radius, start, from)} style={coloured(subgraphs, owner)} />
          );
        })
      )}
    </svg>
  );
}

/** How many of its fields each subgraph answers, its owner first. */
export function partsOf({ owner, fields }: OwnedType): { owner: string | undefined; count: number }[] {
  const counted = new Map<string | undefined, number>(owner === undefined ? [] : [[owner, 0]]);
  for (const { owners } of fields) {
    const by = owner === undefined && owners.length > 1 ? undefined : owners[0];
    counted.set(by, (counted.get(by) ?? 0) + 1);
  }
  return [...counted].map(([each, count]) => ({ owner: each, count })).filter(({ count }) => count > 0);
}

/** From the top, clockwise; in parts of the whole. */
function sector(radius: number, from: number, to: number): string {
  const at = (part: number) => {
    const angle = 2 * Math.PI * (part - 0.25);
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M0 0L${at(from)}A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}Z`;
}

const placed = ({ x, y, width, height }: Area): CSSProperties => ({ left: x, top: y, width, height });

const inside = (spot: Spot | undefined, { x, y }: Area): Spot | undefined => spot && { x: spot.x - x, y: spot.y - y };

function linesOf(links: readonly EntityLink[]): Line[] {
  const lines = new Map<string, Line>();
  for (const link of links) {
    const key = `${link.from} ${link.to}`;
    if (link.from !== link.to) lines.set(key, { ...link, links: [...(lines.get(key)?.links ?? []), link] });
  }
  return [...lines.values()];
}

function around(lines: readonly Line[], centre: string): ReadonlySet<string> {
  return new Set(lines.flatMap(({ from, to }) => (from === centre ? [to] : to === centre ? [from] : [])));
}

/** Of a type that is no entity: the entities in whose fields it is met, and those that it leads to. */
function concerned(types: readonly OwnedType[], { name, members, fields }: OwnedType): ReadonlySet<string> {
  return new Set([...usesOf(types, name).map(({ type }) => type.name), ...members, ...fields.map(({ of }) => of)]);
}

/** Which field makes this place a neighbour. */
function noteOf(lines: readonly Line[], centre: string, place: string): { text: string; by: string } | undefined {
  const there = lines.find(({ from, to }) => from === centre && to === place)?.links ?? [];
  const here = lines.find(({ from, to }) => from === place && to === centre)?.links ?? [];
  const [first] = there.length > 0 ? there : here;
  if (!first) return undefined;
  const more = there.length + here.length - 1;
  return { text: `${there.length > 0 ? '→' : '←'} ${first.field}${more > 0 ? ` +${more}` : ''}`, by: first.by };
}

function drawn({ from, to }: Line, centre: string | undefined, lit: ReadonlySet<string> | undefined): string {
  if (centre !== undefined) return from === centre || to === centre ? 'lit' : 'back';
  return lit ? 'back' : '';
}

/** From the edge of one dot to the edge of the other, bent a little to its right, so that there and back are two lines. */
function curve(layout: Layout, entities: ReadonlyMap<string, OwnedType>, { from, to }: Line): string {
  const [start, end] = [layout.spots.get(from), layout.spots.get(to)];
  const [one, other] = [entities.get(from), entities.get(to)];
  if (!start || !end || !one || !other) return '';
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy);
  const bend = Math.min(0.16, 26 / length);
  const middle = { x: (start.x + end.x) / 2 - dy * bend, y: (start.y + end.y) / 2 + dx * bend };
  const a = towards(start, middle, radiusOf(one) + 4);
  const b = towards(end, middle, radiusOf(other) + 4);
  return `M${a.x.toFixed(1)} ${a.y.toFixed(1)}Q${middle.x.toFixed(1)} ${middle.y.toFixed(1)} ${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
}

function towards(from: Spot, to: Spot, distance: number): Spot {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) / length) * distance, y: from.y + ((to.y - from.y) / length) * distance };
}

const ARROWS: Readonly<Record<string, Spot>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The nearest place in the direction of an arrow key; what lies beside it is farther than what lies ahead. */
function nextSpot(spots: ReadonlyMap<string, Spot>, from: string, key: string): string | undefined {
  const [here, arrow] = [spots.get(from), ARROWS[key]];
  if (!here || !arrow) return undefined;
  const ahead = [...spots].flatMap(([name, { x, y }]) => {
    const [dx, dy] = [x - here.x, y - here.y];
    const [along, aside] = [dx * arrow.x + dy * arrow.y, Math.abs(dx * arrow.y - dy * arrow.x)];
    return along > 1 && aside <= 2 * along ? [{ name, far: along + 2 * aside }] : [];
  });
  return ahead.sort((a, b) => a.far - b.far)[0]?.name;
}
