import { scaleBand, scaleLinear } from "d3-scale";
import { type RefObject, useId, useLayoutEffect, useRef, useState } from "react";
import { labelStep } from "./data";
import styles from "./dashboard.module.css";

export interface Bar {
  key: string;
  /** Below the bar, where there is room. */
  label: string;
  /** In full, for the table and for who points at it. */
  name: string;
  value: number;
  /** Stands out: what is overdue, or today. */
  tone?: "plain" | "alarm" | "now";
}

interface BarChartProps {
  bars: readonly Bar[];
  /** What the chart shows, in a sentence: for who cannot see it. */
  summary: string;
}

const height = 180;
const below = 22;
const leftOf = 28;
const rightOf = 16;

/** Upright bars, each day one. */
export function BarChart({ bars, summary }: BarChartProps) {
  const title = useId();
  const chart = useRef<SVGSVGElement>(null);
  const width = useWidth(chart);
  const top = Math.max(1, ...bars.map(({ value }) => value));
  const x = scaleBand(bars.map(({ key }) => key), [leftOf, width - rightOf]).paddingInner(0.28);
  const y = scaleLinear([0, top], [height - below, 8]).nice(4);
  const step = labelStep(x.step());
  const ticks = y.ticks(3).filter(Number.isInteger);
  return (
    <svg ref={chart} className={styles.chart} height={height} role="img" aria-labelledby={title}>
      <title id={title}>{summary}</title>
      {ticks.map((tick) => (
        <g key={tick} className={styles.tick}>
          <line x1={leftOf} x2={width - rightOf} y1={y(tick)} y2={y(tick)} />
          <text x={leftOf - 8} y={y(tick)} dominantBaseline="middle" textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {bars.map((bar, at) => (
        <g key={bar.key}>
          <rect
            className={styles[bar.tone ?? "plain"]}
            x={x(bar.key)}
            width={x.bandwidth()}
            y={y(bar.value)}
            height={Math.max(0, y(0) - y(bar.value))}
            rx={Math.min(3, x.bandwidth() / 2)}
          >
            <title>{`${bar.name}: ${bar.value}`}</title>
          </rect>
          {at % step === (bars.length - 1) % step && (
            <text className={styles.label} x={(x(bar.key) ?? 0) + x.bandwidth() / 2} y={height - 6} textAnchor="middle">
              {bar.label}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

/** How wide the chart is, in pixels: nothing in it is scaled, so that its text can be read on every screen. */
function useWidth(chart: RefObject<SVGSVGElement | null>): number {
  const [width, setWidth] = useState(320);
  useLayoutEffect(() => {
    const element = chart.current;
    if (element === null) return;
    const measure = () => setWidth(Math.max(leftOf + rightOf, Math.round(element.getBoundingClientRect().width)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [chart]);
  return width;
}
