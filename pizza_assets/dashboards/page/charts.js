// Vega-Lite under a strict content security policy: expressions are interpreted, styles come from page.css.
const ERRORS_ONLY = 1; // One of Vega's log levels.
const drawn = new Map(); // Element id of a chart -> what vega-embed returned for it.

function themed(value, tokens) {
  if (typeof value === "string" && value.startsWith("$") && value in tokens) return tokens[value];
  if (Array.isArray(value)) return value.map((item) => themed(item, tokens));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, themed(v, tokens)]));
  return value;
}

function themeTokens(spec, width, tokens) {
  const style = getComputedStyle(document.documentElement);
  const names = new Set(JSON.stringify(spec).match(/(?<=")\$[a-z-]+(?=")/g) ?? []);
  names.delete("$schema");
  const colors =
    Object.fromEntries([...names].map((name) => [name, style.getPropertyValue(`--${name.slice(1)}`).trim()]));
  return { ...colors, $width: width, $ticks: Math.max(3, Math.floor(width / 95)), ...tokens };
}

function chartConfig() {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: null,
    font,
    view: { stroke: null },
    axis: {
      labelColor: color("--soft"),
      titleColor: color("--soft"),
      gridColor: color("--line"),
      domainColor: color("--axis"),
      tickColor: color("--axis"),
      titleFontWeight: "normal",
      labelFontSize: 12,
      titleFontSize: 12,
    },
  };
}

function showTooltip(handler, event, item, value) {
  const box = byId("tooltip");
  box.hidden = !value;
  if (!value) return;
  const entries = Object.entries(value).filter(
    ([, words]) => words !== null && words !== "" && words !== "null" && words !== "undefined");
  box.replaceChildren(
    make("dl", {}, ...entries.flatMap(([name, words]) => [make("dt", {}, name), make("dd", {}, String(words))])));
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  box.style.top = `${event.clientY + height + 24 > innerHeight ? event.clientY - height - 12 : event.clientY + 14}px`;
}

// Draws a chart into `holder`, an attached element. Empty data sets are normal here, so Vega logs errors only.
// `axisWidth` is the width that axes take, `words` describes the chart to screen readers, `tokens` fills in what else
// the specification leaves open. Returns the Vega view.
async function drawChart(holder, name, { datasets, axisWidth, words, tokens = {} }) {
  drawn.get(holder.id)?.finalize();
  const width = Math.max(160, holder.clientWidth - axisWidth);
  const spec = themed(PAGE.specs[name], themeTokens(PAGE.specs[name], width, tokens));
  const result = await vegaEmbed(holder, {
    ...spec,
    datasets,
    autosize: { type: "pad", contains: "padding" },
    padding: { left: 0, right: 6, top: 4, bottom: 2 },
  },
    {
      ast: true,
      actions: false,
      defaultStyle: false,
      renderer: "svg",
      logLevel: ERRORS_ONLY,
      tooltip: showTooltip,
      config: chartConfig(),
    });
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", words);
  holder.querySelector("svg")?.setAttribute("aria-hidden", "true");
  drawn.set(holder.id, result);
  return result.view;
}
