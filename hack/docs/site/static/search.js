// Finds the pages that have all words, those with the words in their title first.
const box = document.querySelector("search");
const input = box.querySelector("input");
const found = box.querySelector("ol");
let pages;

async function load() {
  pages ??= fetch(box.dataset.index).then((answer) => answer.json());
  return pages;
}

function around(text, word) {
  const at = text.toLowerCase().indexOf(word);
  return at < 0 ? "" : `… ${text.slice(Math.max(0, at - 40), at + 80)} …`;
}

async function show() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = words.length ? await load() : [];
  const has = (text) => words.every((word) => text.toLowerCase().includes(word));
  const hits = all.filter((page) => has(`${page.title} ${page.text}`));
  hits.sort((a, b) => has(b.title) - has(a.title));
  found.replaceChildren(
    ...hits.slice(0, 12).map((page) => {
      const link = document.createElement("a");
      link.href = new URL(page.address, new URL(box.dataset.index, location.href));
      link.textContent = page.title;
      const item = document.createElement("li");
      item.append(link, " ", around(page.text, words[0]));
      return item;
    }),
  );
  found.hidden = words.length === 0;
}

input.addEventListener("focus", load);
input.addEventListener("input", show);
