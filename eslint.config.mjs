// Lints the page's scripts as the page runs them: joined into one function, each view's in a block of its own. Names
// that no script declares and names that nobody uses are found across files; every finding is shown in its own file.
// Joining is done as _app_script does it in pizza_assets/dashboards/dashboard_page.py.
import fs from "node:fs";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "pizza_assets", "dashboards");
const BROWSER = [
  "Blob", "DecompressionStream", "Response", "URL", "URLSearchParams", "addEventListener", "atob", "clearTimeout",
  "console", "document", "getComputedStyle", "history", "innerHeight", "innerWidth", "location", "matchMedia",
  "performance", "scrollTo", "scrollY", "setTimeout", "vegaEmbed",
];

const scriptsIn = (folder) =>
  fs.readdirSync(path.join(ROOT, folder)).filter((name) => name.endsWith(".js")).sort()
    .map((name) => path.join(ROOT, folder, name));

// The whole page script, and where the text of `file` begins and ends in it, in lines.
function joined(file, text) {
  const shared = scriptsIn("page").sort((a, b) => a.endsWith("main.js") - b.endsWith("main.js"));
  const parts = [...shared.slice(0, -1).map((name) => [name]), ...scriptsIn("views").map((name) => [name, "{", "}"]),
    [shared.at(-1)]];
  const lines = ["(() => {", '"use strict";'];
  const range = [];
  for (const [name, before = "", after = ""] of parts) {
    lines.push(before);
    if (name === file) range.push(lines.length);
    lines.push(...(name === file ? text : fs.readFileSync(name, "utf8")).split("\n"));
    if (name === file) range.push(lines.length);
    lines.push(after);
  }
  return { whole: [...lines, "})();"].join("\n"), range };
}

const ranges = new Map();
const asOnThePage = {
  meta: { name: "as-on-the-page", version: "1" },
  preprocess(text, file) {
    const { whole, range } = joined(file, text);
    ranges.set(file, range);
    return [whole];
  },
  postprocess([messages], file) {
    const [first, last] = ranges.get(file);
    return messages
      .filter(({ line }) => line > first && line <= last)
      .map((message) => ({ ...message, line: message.line - first, endLine: message.endLine - first }));
  },
};

export default [{
  files: ["pizza_assets/dashboards/{page,views}/*.js"],
  plugins: { page: { processors: { scripts: asOnThePage } } },
  processor: "page/scripts",
  languageOptions: {
    ecmaVersion: 2024,
    sourceType: "script",
    globals: Object.fromEntries(BROWSER.map((name) => [name, "readonly"])),
  },
  linterOptions: { reportUnusedDisableDirectives: "error" },
  rules: {
    "array-callback-return": "error",
    "consistent-return": "error",
    "eqeqeq": "error",
    "for-direction": "error",
    "max-len": ["error", { code: 120 }],
    "no-cond-assign": "error",
    "no-const-assign": "error",
    "no-constant-condition": "error",
    "no-dupe-args": "error",
    "no-dupe-else-if": "error",
    "no-dupe-keys": "error",
    "no-duplicate-case": "error",
    "no-empty": "error",
    "no-eval": "error",
    "no-fallthrough": "error",
    "no-func-assign": "error",
    "no-implied-eval": "error",
    "no-redeclare": "error",
    "no-self-assign": "error",
    "no-self-compare": "error",
    "no-shadow-restricted-names": "error",
    "no-throw-literal": "error",
    "no-undef": "error",
    "no-unreachable": "error",
    "no-unsafe-negation": "error",
    "no-unsafe-optional-chaining": "error",
    "no-unused-expressions": "error",
    "no-unused-vars": ["error", { args: "after-used" }],
    "no-useless-assignment": "error",
    "no-var": "error",
    "prefer-const": "error",
    "use-isnan": "error",
    "valid-typeof": "error",
  },
}];
