// "Download CSV": what a view holds, written by the page itself, without a network.
function csvText(rows) {
  const names = [...new Set(rows.flatMap(Object.keys))]; // not every row has every column
  const cell = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    // a text that begins like a formula would be run by a spreadsheet; as in csv_format.py
    const safe = typeof value === "string" && /^'*([\t\r\n]|[\s\u200b]*[=+@＝＋－＠-])/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [names.join(","), ...rows.map((row) => names.map((name) => cell(row[name])).join(","))].join("\r\n");
}

// Times are seconds since 1970 in the page, and ISO 8601 in a file.
function asWritten(row) {
  return Object.fromEntries(Object.entries(row).map(([name, value]) =>
    [name, name.endsWith("_at") && typeof value === "number" ? new Date(value * 1000).toISOString() : value]));
}

function saveFile(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// `written` makes of each row one or more of the file, once it is asked for: there may be a hundred thousand.
function downloadButton(name, rows, written = asWritten) {
  const save = () => saveFile(`${name}.csv`, "text/csv", csvText(rows.flatMap(written)));
  return rows.length ? make("button", { type: "button", class: "download", onclick: save }, "Download CSV") : null;
}
