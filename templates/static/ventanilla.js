// Only comfort: pages work without it.
const find = (name, root = document) => [...root.querySelectorAll(name)];
const ready = () => find('main [hidden]').forEach((one) => { one.hidden = false; });
addEventListener('click', async ({ target }) => {
  const { copy, paper, all } = target.dataset;
  if (all) find(`[name="${all}"]`).forEach((box) => { box.checked = target.checked; });
  if (paper) print();
  if (copy) {
    await navigator.clipboard.writeText(copy);
    target.innerText = 'Copiado';
  }
});
async function follow() {
  if (!find('[data-live]')[0]) return;
  const got = await fetch(location).catch(() => ({}));
  if (got.redirected) location.reload();
  else if (got.ok) {
    const next = new DOMParser().parseFromString(await got.text(), 'text/html');
    const part = find('[data-live]', next)[0] ? '[data-live]' : 'main';
    find(part)[0].replaceChildren(...find(part, next)[0].childNodes);
    document.title = next.title;
    ready();
  }
  setTimeout(follow, 1000);
}
ready();
follow();
