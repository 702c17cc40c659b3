/** ECharts, loaded only where a trend is shown: a line of rates before its target line, hollow where n is small. */
import { LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { t } from '@/ui/texts'
import { LINE } from './question'

use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, AriaComponent, CanvasRenderer])

export interface Point {
  month: string
  rate: number | null
  small: boolean
}

export interface Chart {
  show: (points: Point[]) => void
  end: () => void
}

/** Draws into `box`, which it follows in size; a click on a month calls `chosen`. */
export function drawTrend(box: HTMLElement, chosen: (month: string) => void): Chart {
  const chart = init(box, undefined, { renderer: 'canvas' })
  const watcher = new ResizeObserver(() => chart.resize())
  watcher.observe(box)
  chart.on('click', (event) => typeof event.name === 'string' && chosen(event.name))
  return {
    show: (points) => {
      chart.resize()
      chart.setOption(option(points, colours(box)), true)
    },
    end: () => {
      watcher.disconnect()
      chart.dispose()
    },
  }
}

function colours(box: HTMLElement) {
  const style = getComputedStyle(box)
  const of = (name: string) => style.getPropertyValue(name).trim()
  return {
    ink: of('--ink'),
    soft: of('--soft'),
    line: of('--line'),
    fine: of('--fine'),
    over: of('--over'),
    paper: of('--paper'),
  }
}

function option(points: Point[], colour: ReturnType<typeof colours>) {
  const rates = points.map((point) => point.rate).filter((rate): rate is number => rate !== null)
  const lowest = Math.min(LINE, ...rates)
  const floor = Math.max(0, Math.floor((lowest * 100 - 5) / 10) * 10)
  const tip = (point: Point) => `${point.month}<br>${point.rate === null ? '—' : `${(point.rate * 100).toFixed(2)}%`}`
  return {
    animation: false,
    grid: { left: 44, right: 56, top: 16, bottom: 28 },
    tooltip: {
      trigger: 'axis',
      backgroundColor: colour.paper,
      borderColor: colour.line,
      textStyle: { color: colour.ink },
      formatter: (found: { dataIndex: number }[]) => tip(points[found[0]?.dataIndex ?? 0] as Point),
    },
    xAxis: {
      type: 'category',
      data: points.map((point) => point.month),
      axisLabel: { color: colour.soft, formatter: (month: string) => month.slice(2) },
      axisLine: { lineStyle: { color: colour.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      min: floor,
      max: 100,
      axisLabel: { color: colour.soft, formatter: '{value}%' },
      splitLine: { lineStyle: { color: colour.line } },
    },
    series: [
      {
        type: 'line',
        symbolSize: 9,
        lineStyle: { color: colour.fine, width: 2 },
        data: points.map((point) => ({
          value: point.rate === null ? null : Math.round(point.rate * 10_000) / 100,
          symbol: 'circle',
          itemStyle: { color: point.small ? colour.paper : colour.fine, borderColor: colour.fine, borderWidth: 2 },
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: colour.over, type: 'dashed', width: 1.5 },
          label: { formatter: t('supervisor.line95'), color: colour.over, position: 'end' },
          data: [{ yAxis: LINE * 100 }],
        },
      },
    ],
  }
}
