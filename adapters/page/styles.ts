/** How the pages look, in light and dark. */
export const STYLES = `
:root { color-scheme: light dark; --line: light-dark(#d4d7dd, #3a3f4a); --soft: light-dark(#f3f5f8, #1d2129);
  --text: light-dark(#1b1f27, #e7eaf0); --quiet: light-dark(#545c6b, #a3abba); --mark: light-dark(#0b57d0, #8ab4f8);
  --added: light-dark(#e3f5e6, #14361d); --gone: light-dark(#fde8e6, #45191a); --ground: light-dark(#fff, #14171d);
  accent-color: var(--mark) }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground) }
a { color: var(--mark) }
header { display: flex; gap: 1.5rem; align-items: baseline; padding: .75rem 1.25rem; border-bottom: 1px solid var(--line) }
header h1 { font-size: 1.1rem; margin: 0 }
.skip { position: absolute; left: -999px } .skip:focus { left: 1rem; top: .5rem }
.rooms { display: grid; grid-template-columns: 12.5rem minmax(16rem, 23rem) 1fr; min-height: calc(100vh - 3.5rem) }
.rooms > * { padding: 1rem 1.25rem; min-width: 0 }
.rooms > * + * { border-left: 1px solid var(--line) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; margin: 0 }
#failed:empty { display: none }
#failed { position: fixed; inset: auto 1rem 1rem; margin: 0; padding: .6rem .9rem; border-radius: .4rem; background: var(--gone); border: 1px solid var(--line) }
.back { display: none; margin: 0 0 .75rem } .pages { display: flex; gap: .5rem }
.type { white-space: nowrap } .name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden }
ul, ol { list-style: none; margin: 0; padding: 0 }
h2 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere } #service h2 { font-size: 1.2rem } h3 { font-size: .95rem; margin: 1.25rem 0 .4rem }
nav a, .services a { display: flex; justify-content: space-between; gap: .5rem; padding: .3rem .5rem; border-radius: .4rem;
  text-decoration: none; color: inherit; overflow-wrap: anywhere }
nav a:hover, .services a:hover { background: var(--soft) }
[aria-current] { background: var(--soft); box-shadow: inset 3px 0 var(--mark) }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px }
.quiet { color: var(--quiet) } .deleted { text-decoration: line-through }
.filters { display: grid; gap: .5rem; margin-bottom: 1rem } .filters label { display: grid; gap: .15rem; font-size: .85rem }
select, input, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .5rem }
input[type=range] { width: 100%; padding: 0 }
pre { background: var(--soft); padding: .75rem; border-radius: .4rem; overflow: auto; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0 } dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
.timeline { display: flex; gap: .4rem; margin: .5rem 0; padding: 3px 3px .6rem; overflow-x: auto }
.timeline button { display: grid; text-align: left; white-space: nowrap; padding: .35rem .7rem; cursor: pointer } .timeline span { font-size: .8rem }
.timeline [aria-current] { border-color: var(--mark); box-shadow: inset 0 -3px var(--mark) }
button:hover { background: var(--soft) }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border: 1px solid var(--line); overflow-wrap: anywhere; white-space: pre-wrap }
tr > :first-child { width: 32% } td.old { background: var(--gone) } td.new { background: var(--added) }
.docs { max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem } details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .4rem .75rem }
summary { cursor: pointer } .method { font-weight: 600; display: inline-block; min-width: 4.5rem }
@media (max-width: 60rem) {
  .rooms { grid-template-columns: 1fr; align-content: start } .rooms > * + * { border-left: 0; border-top: 1px solid var(--line) }
  nav ul { display: flex; overflow-x: auto; padding: 3px } nav h2 { display: none } .back { display: block }
  [data-open] > :not(#service) { display: none } main:not([data-open]) > #service { display: none }
  dl { grid-template-columns: 1fr } dd + dt { margin-top: .4rem }
}
`
