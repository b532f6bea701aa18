/**
 * The style of all pages: system fonts, one column, light and dark by the system's setting. Text has a contrast of at least
 * 4.5:1 in both (WCAG 2.2, 1.4.3), controls 3:1, and targets are at least 44 pixels high.
 */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f4f5f8; --card: #ffffff; --text: #1a1d26; --quiet: #565c6b; --line: #dfe2ea; --edge: #858c9d;
  --accent: #3452c7; --accent-hover: #2942a6; --on-accent: #ffffff; --soft: #eef1fc; --code: #f1f2f6;
  --warn: #8a4b00; --warn-soft: #fff5e5; --warn-line: #efcf9f; --bad: #b3261e; --bad-soft: #fdeeed; --bad-line: #f0bfbb;
  --shadow: 0 1px 2px rgb(20 24 40 / .05), 0 8px 28px rgb(20 24 40 / .07);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101218; --card: #191c25; --text: #e8eaf1; --quiet: #a3aaba; --line: #2d323f; --edge: #7c8496;
    --accent: #9db1ff; --accent-hover: #b7c5ff; --on-accent: #10183a; --soft: #202741; --code: #242834;
    --warn: #f3c684; --warn-soft: #2c2416; --warn-line: #57451f; --bad: #ffb4ad; --bad-soft: #341c1b; --bad-line: #6b3531;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.75rem 1rem 2.5rem; max-width: 33rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  -webkit-text-size-adjust: 100%;
}
header { display: flex; align-items: center; gap: .6rem; margin: 0 .25rem 1rem; }
.mark { width: 1.5rem; height: 1.5rem; border-radius: .4rem; background: var(--accent); position: relative; flex: none; }
.mark::after {
  content: ""; position: absolute; inset: .42rem; border: .16rem solid var(--on-accent); border-radius: 50%;
}
.brand { font-weight: 650; }
.tag {
  margin-left: auto; padding: .1rem .6rem; border: 1px solid var(--warn-line); border-radius: 1rem;
  background: var(--warn-soft); color: var(--warn); font-size: .8125rem; font-weight: 550; white-space: nowrap;
}
main {
  padding: 1.75rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); box-shadow: var(--shadow);
}
main > :last-child { margin-bottom: 0; }
h1 { margin: 0 0 1.1rem; font-size: 1.375rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; text-wrap: balance; }
h1, dd, p, li, .what { overflow-wrap: anywhere; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1rem; font-weight: 650; }
p { margin: .75rem 0; }
.quiet { color: var(--quiet); font-size: .9375rem; }
a { color: var(--accent); text-underline-offset: .15em; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .875em; }
code { padding: .08em .35em; border-radius: .3em; background: var(--code); overflow-wrap: anywhere; }
pre { margin: .75rem 0; padding: .9rem 1rem; border-radius: .6rem; background: var(--code); overflow-x: auto; line-height: 1.6; }
pre code { padding: 0; background: none; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: 0; font-size: .9375rem; }
dt { color: var(--quiet); }
dd { margin: 0; }
.where { font-weight: 650; }
.aside { display: block; color: var(--quiet); font-size: .875rem; }
form { margin: 1.5rem 0 0; }
fieldset { margin: 0 0 1.5rem; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; margin-bottom: .6rem; font-weight: 650; }
.rows { border: 1px solid var(--line); border-radius: .7rem; overflow: hidden; }
.rows label {
  display: grid; grid-template-columns: auto 1fr; gap: 0 .8rem; align-items: start; min-height: 2.75rem; padding: .7rem .9rem;
  cursor: pointer;
}
.rows label + label { border-top: 1px solid var(--line); }
.rows label:hover { background: var(--soft); }
.rows input { width: 1.15rem; height: 1.15rem; margin: .175rem 0 0; accent-color: var(--accent); cursor: inherit; }
.what { font-weight: 500; }
.what, .detail { grid-column: 2; }
.detail { color: var(--quiet); font-size: .875rem; }
.parts { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .6rem; }
.actions { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
button {
  min-height: 2.9rem; padding: .6rem 1rem; border: 1px solid var(--edge); border-radius: .7rem; background: transparent;
  color: var(--text); font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { background: var(--soft); }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button.primary:hover { border-color: var(--accent-hover); background: var(--accent-hover); }
:focus-visible { outline: .15rem solid var(--accent); outline-offset: .15rem; }
.rows label:focus-within { background: var(--soft); }
.alert, .note { margin: 0 0 1.25rem; padding: .75rem 1rem; border-radius: .7rem; font-size: .9375rem; }
.alert { border: 1px solid var(--bad-line); background: var(--bad-soft); color: var(--bad); font-weight: 550; }
.note { border: 1px solid var(--warn-line); background: var(--warn-soft); }
.note p:first-child, .alert p:first-child { margin-top: 0; }
.note p:last-child, .alert p:last-child { margin-bottom: 0; }
ul, ol { margin: .5rem 0; padding-left: 1.3rem; }
li { margin: .35rem 0; }
footer { margin: 1.25rem .25rem 0; color: var(--quiet); font-size: .8125rem; }
@media (max-width: 30rem) {
  body { padding: 1rem .75rem 2rem; }
  main { padding: 1.25rem 1.1rem; border-radius: .9rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd + dt { margin-top: .6rem; }
}
@media (forced-colors: active) {
  .mark, button.primary { forced-color-adjust: none; }
}
`;
