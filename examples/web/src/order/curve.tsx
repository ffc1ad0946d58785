import { useEffect, useId, useRef, useState } from 'react';
import type { CurveFragment } from '../gql/graphql';
import { useLanguage } from '../language/language';
import { COLDEST_GOOD, drawCurve, WARMEST_GOOD } from './curve.rules';

const HEIGHT = 180;
/** Room for the labels, in pixels. */
const LEFT = 52;
const BOTTOM = 26;
const EDGE = 10;

const IS_GOOD: Partial<Record<CurveFragment['verdict'], boolean>> = {
  KEPT: true,
  WITHIN_ALLOWANCE: true,
  TOO_LONG_OUTSIDE: false,
  FROZEN: false,
};

/** How cold a parcel was: what follows from it in words, the curve, and the readings as a table. */
export function Curve({ curve }: { readonly curve: CurveFragment }) {
  const { words } = useLanguage();
  const { points, verdict, outsideMinutes, allowanceMinutes } = curve;
  const isGood = IS_GOOD[verdict];
  return (
    <>
      <p className={isGood === false ? 'verdict warning' : 'verdict'}>
        {isGood !== undefined && <span aria-hidden="true">{isGood ? '✓ ' : '! '}</span>}
        {words.verdict[verdict]?.(outsideMinutes, allowanceMinutes ?? 0) ?? verdict}
      </p>
      {points.length > 1 && (
        <>
          <Chart curve={curve} />
          <Readings points={points} />
        </>
      )}
    </>
  );
}

function Chart({ curve: { points, coldest, warmest } }: { readonly curve: CurveFragment }) {
  const { words, format } = useLanguage();
  const [frame, width] = useWidth();
  const id = useId();
  const plot = { width: Math.max(100, width - LEFT - EDGE), height: HEIGHT - BOTTOM - EDGE };
  const { path, yOf, degrees, times, worst } = drawCurve(points, plot);
  const [top, bottom] = [yOf(WARMEST_GOOD), yOf(COLDEST_GOOD)];
  const [first, last] = [points[0], points.at(-1)];
  const described =
    coldest !== null && warmest !== null && first && last
      ? words.curveDescribed(
          format.degrees(coldest),
          format.degrees(warmest),
          format.time(first.at),
          format.time(last.at),
        )
      : words.curve;
  return (
    <div ref={frame} className="chart">
      <svg width={width} height={HEIGHT} role="img" aria-label={described}>
        <clipPath id={`${id}good`}>
          <rect width={plot.width} y={top} height={bottom - top} />
        </clipPath>
        <clipPath id={`${id}outside`}>
          <rect x={-EDGE} y={-EDGE} width={plot.width + 2 * EDGE} height={top + EDGE} />
          <rect x={-EDGE} y={bottom} width={plot.width + 2 * EDGE} height={plot.height + EDGE - bottom} />
        </clipPath>
        <g transform={`translate(${LEFT} ${EDGE})`}>
          <rect className="band" width={plot.width} y={top} height={bottom - top} />
          {degrees.map((each) => (
            <g key={each}>
              <line className="grid" x2={plot.width} y1={yOf(each)} y2={yOf(each)} />
              <text x={-8} y={yOf(each)} textAnchor="end" dominantBaseline="middle">
                {each} °C
              </text>
            </g>
          ))}
          {times.map(({ at, x }, index) => (
            <text
              key={x}
              x={x}
              y={plot.height + BOTTOM - 6}
              textAnchor={index === 0 ? 'start' : index === times.length - 1 ? 'end' : 'middle'}
            >
              {format.time(at)}
            </text>
          ))}
          <path className="good" d={path} clipPath={`url(#${id}good)`} />
          <path className="outside" d={path} clipPath={`url(#${id}outside)`} />
          {worst && (
            <>
              <circle className="outside" cx={worst.x} cy={worst.y} r={4} />
              <text
                className="worst"
                x={worst.x}
                y={worst.y}
                dx={worst.x > plot.width / 2 ? -9 : 9}
                textAnchor={worst.x > plot.width / 2 ? 'end' : 'start'}
                dominantBaseline="middle"
              >
                {format.degrees(worst.celsius)}
              </text>
            </>
          )}
        </g>
      </svg>
    </div>
  );
}

function Readings({ points }: { readonly points: CurveFragment['points'] }) {
  const { words, format } = useLanguage();
  return (
    <details className="readings">
      <summary>{words.readings}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.measuredAt}</th>
            <th scope="col">{words.temperature}</th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ at, celsius }) => (
            <tr key={at}>
              <td>{format.time(at)}</td>
              <td>{format.degrees(celsius)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** An element, and how wide it is: letters in a drawing that is scaled would be too small on a phone. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}
