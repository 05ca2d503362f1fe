import { writeFileSync } from 'node:fs'
import { judged } from './report.mjs'

const ROW = 22
const BAR = { left: 470, goal: 190, most: 310 }

/** One bar for each goal: how far servicebook is, the goal being the same mark for all of them. */
export function writeChart(file, { date, machine, node, postgres }, tables) {
  const bars = tables.flatMap((table) =>
    table.lines.flatMap((line) => {
      const { score, text, goal, reached } = judged(table, line) ?? {}
      if (score === undefined) return []
      const beside = line === table.lines[0] ? '' : ` · ${line.name.replace('floor: ', '')}`
      return [{ label: `${table.title}${beside}`, score, text: `${text} (goal ${goal})`, reached }]
    }),
  )
  const height = 60 + bars.length * ROW
  const rows = bars.map(({ label, score, text, reached }, index) => {
    const y = 44 + index * ROW
    const width = Math.min(score * BAR.goal, BAR.most).toFixed(1)
    return `<text x="${BAR.left - 10}" y="${y + 12}" text-anchor="end">${escaped(label)}</text>
<rect class="${reached ? 'reached' : 'missed'}" x="${BAR.left}" y="${y + 2}" width="${width}" height="14" rx="2"/>
<text x="${BAR.left + BAR.most + 10}" y="${y + 12}">${escaped(text)}</text>`
  })
  const mark = BAR.left + BAR.goal
  const where = [date, `Node ${node}`, postgres?.version, machine].filter(Boolean).join(' · ')
  writeFileSync(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="servicebook against its goals">
<style>
text { fill: #24292f } .quiet { fill: #57606a } .reached { fill: #2da44e } .missed { fill: #bf8700 } line { stroke: #57606a; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .quiet { fill: #8b949e } .missed { fill: #d29922 } line { stroke: #8b949e } }
</style>
<text x="${mark}" y="16" text-anchor="middle">goal</text>
<text x="${mark}" y="30" text-anchor="middle" class="quiet">further right is better</text>
${rows.join('\n')}
<line x1="${mark}" y1="36" x2="${mark}" y2="${height - 16}"/>
<text x="10" y="${height - 4}" class="quiet">${escaped(where)}</text>
</svg>
`,
  )
}

const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
