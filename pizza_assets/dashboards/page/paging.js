// Long tables are shown a page at a time.
const PAGED = []; // The place of every table, so that changed filters start each at its first page.

function paged(perPage) {
  const place = { page: 0, perPage };
  PAGED.push(place);
  return place;
}

function pageOf(rows, place) {
  place.page = Math.max(0, Math.min(place.page, Math.ceil(rows.length / place.perPage) - 1));
  return rows.slice(place.page * place.perPage, (place.page + 1) * place.perPage);
}

// The range on show between buttons to the previous and next page; `what` prefixes their ids, `redraw` shows the page.
function pager(total, place, what, redraw) {
  const { page, perPage } = place;
  const last = Math.ceil(total / perPage) - 1;
  if (last < 1)
    return make(
      "div", { class: "pager" }, make("span", { id: `${what}-range` }, `${count(total)} of ${count(total)}`));
  const step = (name, words, next) => {
    const go = () => { place.page = next; redraw(); focusPager(what, name); };
    return make(
      "button", { type: "button", id: `${what}-${name}`, disabled: next < 0 || next > last, onclick: go }, words);
  };
  const range = `${count(page * perPage + 1)}–${count(Math.min(total, (page + 1) * perPage))} of ${count(total)}`;
  return make("div", { class: "pager" }, make("span", { id: `${what}-range`, "aria-live": "polite" }, range),
    step("previous", "Previous", page - 1), step("next", "Next", page + 1));
}

// Keeps the keyboard focus; at either end the button is disabled, so its neighbour gets the focus.
function focusPager(what, name) {
  const button = byId(`${what}-${name}`);
  (button.disabled ? byId(`${what}-${name === "next" ? "previous" : "next"}`) : button).focus();
}
