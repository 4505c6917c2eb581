// Building the document. Data enters only as text nodes and as values of attributes that these scripts name.
const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(
    ...children.filter((child) => child !== null && child !== undefined && child !== "").map(withWholePercentages));
  return node;
}

// A line of text never ends between a number and its per cent sign.
const withWholePercentages = (child) =>
  (typeof child === "string" ? child.replace(/(?<=\d) %/g, "\u00a0%") : child);

function makeSvg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function badge(source, words = source) {
  return make("span", { class: `badge ${source}` }, words);
}

// The badge of a result, saying which of its two inputs is mock.
function pairBadge(row) {
  const label = row.order_source === "real" ? (row.match_source === "real" ? "real" : "mixed") : "mock";
  return badge(label, pairWords(row));
}

// A shorter badge for tables, naming only what is mock.
function shortPairBadge({ order_source, match_source }) {
  if (order_source === match_source) return badge(order_source);
  return order_source === "mock" ? badge("mock", "mock orders") : badge("mixed", "mock matches");
}

function pairWords({ order_source, match_source }) {
  if (order_source === match_source) return order_source === "real" ? "real" : "mock orders and matches";
  return `${order_source} orders, ${match_source} matches`;
}

// Rows grouped by their pair of sources, real before mock: pairs are never pooled, so each is drawn separately.
const byPair = (rows) => [...grouped(rows, pairOf)].sort(([a], [b]) => b.localeCompare(a)).map(([, own]) => own);

// A header row, from the text and the classes of each column.
const headOf = (heads) => make("thead", {},
  make("tr", {}, ...heads.map(([words, classes]) => make("th", { scope: "col", class: classes }, words))));

// A table that scrolls sideways if it is wider than its card.
const scrolling = (label, table) =>
  make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table);

const emptyNote = (words) => make("p", { class: "empty" }, words);

function legend(...items) {
  return make("ul", { class: "legend" },
    ...items.map(([key, words]) => make("li", {}, make("span", { class: `key ${key}` }), words)));
}

// By view id, set by the view's script: the function that fills the view and returns the charts still to be drawn.
const RENDERERS = {};

// Fills a view: title, question, badges of its data, a note on filters that it ignores, and its body.
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

// A note on the active filters that the view ignores or honours only in part; empty if there are none.
function filterNote(view) {
  const names = (chosen) => chosen.map((name) => PAGE.filters[name]).join(" and ");
  const ignored = activeFilters().filter((name) => !view.filters.includes(name));
  const partly = activeFilters().filter((name) => view.partly.includes(name));
  if (!ignored.length && !partly.length) return "";
  const notes = [[ignored, "Not filtered by"], [partly, "Only partly filtered by"]].filter(([chosen]) => chosen.length);
  return `${notes.map(([chosen, words]) => `${words} ${names(chosen)}.`).join(" ")} ${view.filter_note}`;
}
