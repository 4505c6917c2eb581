// Building the document. Text from the data enters only as text nodes and attributes of our own choosing.
const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function makeSvg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function badge(source, words = source) {
  return make("span", { class: `badge ${source}` }, words);
}

// The badge of a result: which of its two inputs is mock.
function pairBadge(row) {
  const label = row.order_source === "real" ? (row.match_source === "real" ? "real" : "mixed") : "mock";
  return badge(label, pairWords(row));
}

// The same in a word or two, for tables: it names what is mock.
function shortPairBadge({ order_source, match_source }) {
  if (order_source === match_source) return badge(order_source);
  return order_source === "mock" ? badge("mock", "mock orders") : badge("mixed", "mock matches");
}

function pairWords({ order_source, match_source }) {
  if (order_source === match_source) return order_source === "real" ? "real" : "mock orders and matches";
  return `${order_source} orders, ${match_source} matches`;
}

// Rows by their pair of sources, real before mock: what is never pooled is drawn apart.
const byPair = (rows) => [...grouped(rows, pairOf)].sort(([a], [b]) => b.localeCompare(a)).map(([, own]) => own);

// Column heads: words and classes of each.
const headOf = (heads) => make("thead", {},
  make("tr", {}, ...heads.map(([words, classes]) => make("th", { scope: "col", class: classes }, words))));

// A table that may be wider than its card.
const scrolling = (label, table) =>
  make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table);

const emptyNote = (words) => make("p", { class: "empty" }, words);

function legend(...items) {
  return make("ul", { class: "legend" },
    ...items.map(([key, words]) => make("li", {}, make("span", { class: `key ${key}` }), words)));
}

// What draws each view, by its id, and returns the charts that are still to draw. A view's script begins with it.
const RENDERERS = {};

// The frame of every view: title, question, what is mock in it, and which active filter it cannot honour.
function fillView(id, { labels, body, title, heading = {} }) {
  const view = PAGE.views[id];
  const node = byId(`view-${id}`);
  const note = filterNote(view);
  const touchesMock = labels.some((label) => label === "mock" || label === "mixed");
  node.classList.toggle("is-mock", touchesMock && node.classList.contains("card"));
  node.setAttribute("aria-labelledby", `title-${id}`);
  node.replaceChildren(
    make(
      "div",
      { class: "view-head" },
      make("h2", { id: `title-${id}`, ...heading }, title ?? view.title),
      make("span", { class: "badges" },
        ...[...new Set(labels)].sort().reverse().map((label) => badge(label, `${label} data`))),
      ),
    make("p", { class: "question" }, view.question),
    ...(note ? [make("p", { class: "filter-note" }, note)] : []),
    ...body,
  );
}

// One sentence for each active filter that the view cannot, or can only in part, honour; empty if there is none.
function filterNote(view) {
  const names = (chosen) => chosen.map((name) => PAGE.filters[name]).join(" and ");
  const unheard = activeFilters().filter((name) => !view.filters.includes(name));
  const partly = activeFilters().filter((name) => view.partly.includes(name));
  if (!unheard.length && !partly.length) return "";
  const said = [[unheard, "Not filtered by"], [partly, "Only partly filtered by"]].filter(([chosen]) => chosen.length);
  return `${said.map(([chosen, words]) => `${words} ${names(chosen)}.`).join(" ")} ${view.filter_note}`;
}
