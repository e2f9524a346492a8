/** Counts over time: stacked bars, and small ones. */
import { count, Table } from './parts.tsx';

export interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** Of the palette; its place among the series unless given. */
  readonly color?: number;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [960, 200, 44, 22];

/**
 * Stacked bars, one a slot of time, drawn on the server; the script draws them anew with what they stand for under the pointer
 * (client/chart.ts). The same as a table beneath.
 */
export const Chart = ({
  series,
  labels,
  label,
}: {
  series: readonly Series[];
  labels: readonly string[];
  label: string;
}) => {
  const totals = labels.map((_label, i) => series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const top = niceTop(Math.max(...totals, 1));
  const step = (WIDTH - LEFT) / Math.max(labels.length, 1);
  const scale = (HEIGHT - BOTTOM - 8) / top;
  const shown = labels.length <= 8 ? 1 : Math.ceil(labels.length / 8);
  return (
    <figure class="chart" data-chart={JSON.stringify({ labels, series })}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {[0, top / 2, top].map((value) => (
          <>
            <line
              class="grid"
              x1={LEFT}
              x2={WIDTH}
              y1={HEIGHT - BOTTOM - value * scale}
              y2={HEIGHT - BOTTOM - value * scale}
            />
            <text class="axis" x={LEFT - 6} y={HEIGHT - BOTTOM - value * scale + 4} text-anchor="end">
              {short(value)}
            </text>
          </>
        ))}
        {labels.map((name, i) => {
          let base = HEIGHT - BOTTOM;
          return (
            <g>
              <title>{`${name}: ${series.map(({ name: of, values }) => `${count(values[i] ?? 0)} ${of}`).join(', ')}`}</title>
              {series.map(({ values, color }, of) => {
                const height = (values[i] ?? 0) * scale;
                base -= height;
                return height === 0 ? null : (
                  <rect
                    class={`c${color ?? of}`}
                    x={LEFT + i * step + step * 0.12}
                    y={base}
                    width={step * 0.76}
                    height={height}
                  />
                );
              })}
              {i % shown === 0 ? (
                <text class="axis" x={LEFT + i * step + step * 0.12} y={HEIGHT - 6}>
                  {name}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
      <figcaption>
        {series.map(({ name, color }, of) => (
          <span class={`key c${color ?? of}`}>{name}</span>
        ))}
      </figcaption>
      <details>
        <summary class="soft small">As a table</summary>
        <Table titles={['UTC', ...series.map(({ name }) => name)]} numbers={series.map(({ name }) => name)}>
          {labels.map((name, i) => (
            <tr>
              <td>{name}</td>
              {series.map(({ values }) => (
                <td class="number">{count(values[i] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  );
};

/** Small bars in a line of text or a table: only how it went. */
export const Spark = ({ values, label }: { values: readonly number[]; label: string }) => {
  const top = Math.max(...values, 1);
  return (
    <svg
      class="spark"
      preserveAspectRatio="none"
      viewBox={`0 0 ${values.length * 4} 24`}
      role="img"
      aria-label={label}
    >
      {values.map((value, i) => (
        <rect
          class={value === 0 ? 'none' : 'c3'}
          x={i * 4}
          y={value === 0 ? 23 : 24 - Math.max(2, (24 * value) / top)}
          width={3}
          height={value === 0 ? 1 : Math.max(2, (24 * value) / top)}
        />
      ))}
    </svg>
  );
};

/** A round number at or above. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((times) => times * power >= value) ?? 10) * power;
}

const short = (value: number): string =>
  value >= 1_000_000 ? `${value / 1_000_000}M` : value >= 1_000 ? `${value / 1_000}k` : String(value);
