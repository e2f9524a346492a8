/** `[data-chart]`: the server's bars drawn anew, with what they stand for under the pointer or the arrow keys. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

interface Drawn {
  readonly labels: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const HEIGHT = 240;
const dark = matchMedia('(prefers-color-scheme: dark)');

export function charts(): void {
  for (const figure of document.querySelectorAll<HTMLElement>('[data-chart]')) {
    const given = JSON.parse(figure.dataset.chart ?? '') as Drawn;
    const place = document.createElement('div');
    place.className = 'plot';
    place.tabIndex = 0;
    place.setAttribute('role', 'img');
    place.setAttribute('aria-label', figure.querySelector('svg')?.getAttribute('aria-label') ?? '');
    figure.prepend(place);
    figure.classList.add('drawn');
    let plot = draw(figure, place, given);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
    dark.addEventListener('change', () => {
      plot.destroy();
      plot = draw(figure, place, given);
    });
    place.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (step === 0) return;
      event.preventDefault();
      const at = Math.min(
        Math.max((plot.cursor.idx ?? (step > 0 ? -1 : given.labels.length)) + step, 0),
        given.labels.length - 1,
      );
      plot.setCursor({ left: plot.valToPos(at, 'x'), top: 10 });
    });
  }
}

function draw(figure: HTMLElement, place: HTMLElement, { labels, series }: Drawn): uPlot {
  const style = getComputedStyle(figure);
  // The colours of the key, which are those of the theme.
  const colors = [...figure.querySelectorAll('.key')].map((key) => getComputedStyle(key).color);
  const soft = getComputedStyle(figure.querySelector('figcaption') ?? figure).color;
  const line = colorOf(style.getPropertyValue('--line'), figure);
  // Stacked: each series is the sum up to it, the highest drawn first.
  const sums = series.map((_one, i) =>
    labels.map((_label, at) =>
      series.slice(0, i + 1).reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
    ),
  );
  const bars = uPlot.paths.bars?.({ size: [0.76, 64], radius: 0.08 });
  const axis = { stroke: soft, font: `11px ${style.fontFamily}`, ticks: { show: false } };
  return new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: [-0.5, labels.length - 0.5] },
        y: { range: (_plot, _min, max) => [0, Math.max(max * 1.08, 4)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 28,
          incrs: [1, 2, 3, 4, 6, 7, 12, 14, 30],
          space: 56,
          values: (_plot, splits) => splits.map((at) => labels[at] ?? ''),
        },
        {
          ...axis,
          grid: { stroke: line, width: 1 },
          incrs: [1, 2, 5]
            .flatMap((times) => Array.from({ length: 9 }, (_, power) => times * 10 ** power))
            .sort((a, b) => a - b),
          values: (_plot, splits) => splits.map((value) => short.format(value)),
        },
      ],
      series: [
        {},
        ...series
          .map(({ name }, i) => ({
            label: name,
            fill: colors[i] ?? soft,
            width: 0,
            points: { show: false },
            ...(bars === undefined ? {} : { paths: bars }),
          }))
          .toReversed(),
      ],
      plugins: [tip(labels, series, colors)],
    },
    [labels.map((_label, at) => at), ...sums.toReversed()],
    place,
  );
}

const short = new Intl.NumberFormat('en', { notation: 'compact' });

/** A colour as the canvas takes it: light-dark() is none. */
function colorOf(value: string, within: HTMLElement): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  within.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function tip(labels: Drawn['labels'], series: Drawn['series'], colors: readonly string[]): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'tip';
  box.hidden = true;
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor(plot) {
        const at = plot.cursor.idx;
        box.hidden = at === null || at === undefined || (plot.cursor.left ?? -1) < 0;
        if (box.hidden || at === null || at === undefined) return;
        const rows = series.map(({ name, values }, i) => {
          const row = document.createElement('div');
          const value = document.createElement('b');
          value.textContent = (values[at] ?? 0).toLocaleString('en');
          row.style.color = colors[i] ?? '';
          row.append(`${name} `, value);
          return row;
        });
        const title = document.createElement('div');
        title.className = 'soft small';
        title.textContent = `${labels[at]} UTC`;
        box.replaceChildren(title, ...rows);
        const left = plot.valToPos(at, 'x');
        const room = plot.over.clientWidth;
        box.style.left = `${left > room / 2 ? left - box.offsetWidth - 12 : left + 12}px`;
      },
    },
  };
}
