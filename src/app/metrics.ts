/**
 * Counters in Prometheus' text format (version 0.0.4). Our own 60 lines, since prom-client needs Node and the
 * same app runs on workerd. Every label set is bounded.
 */

/**
 * Label sets kept for one metric; further ones are counted under `other`. Every label is from a closed list (routes,
 * statuses, providers, results), so that nobody outside can use this up.
 */
export const MAX_SERIES = 500;

export interface Metrics {
  count(name: MetricName, labels?: Labels, by?: number): void;
  /** What was counted so far, in this process. */
  read(name: MetricName, labels: Labels): number;
  render(gauges: readonly Gauge[]): string;
}

export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly value: number;
}

const counters = {
  mailstop_requests_total: 'HTTP requests by route and status',
  mailstop_items_total: 'items taken in, by provider and what became of them',
  mailstop_rejected_total: 'webhooks refused for want of proof, by provider',
  mailstop_busy_total: 'webhooks answered with "try later", by provider',
  mailstop_checks_total: 'addresses checked, by answer',
  mailstop_log_lines_dropped_total: 'lines of the log that nothing took',
} as const;
export type MetricName = keyof typeof counters;

type Labels = Readonly<Record<string, string>>;

interface Series {
  readonly labels: Labels;
  value: number;
}

export function createMetrics(): Metrics {
  const series = new Map<MetricName, Map<string, Series>>();
  return {
    count(name, labels = {}, by = 1) {
      const known = series.get(name) ?? new Map<string, Series>();
      series.set(name, known);
      const key = Object.values(labels).join('\n');
      const one = known.get(key);
      if (one !== undefined) one.value += by;
      else if (known.size < MAX_SERIES) known.set(key, { labels, value: by });
      else addOther(known, labels, by);
    },
    read: (name, labels) => series.get(name)?.get(Object.values(labels).join('\n'))?.value ?? 0,
    render(gauges) {
      const lines: string[] = [];
      for (const [name, help] of Object.entries(counters)) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
        for (const { labels, value } of series.get(name as MetricName)?.values() ?? [])
          lines.push(`${name}${labelText(labels)} ${value}`);
      }
      for (const { name, help, value } of gauges)
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`);
      return `${lines.join('\n')}\n`;
    },
  };
}

/** What has no room of its own. */
function addOther(known: Map<string, Series>, labels: Labels, by: number): void {
  const other = Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']));
  const key = Object.values(other).join('\n');
  known.set(key, { labels: other, value: (known.get(key)?.value ?? 0) + by });
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
