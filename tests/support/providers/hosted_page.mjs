// The page of a stand-in provider where a person pays, and the pages that only say something.

const escaped = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const page = (title, content) => `<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${content}
</main>
</body>
</html>
`;

const button = (action, label) => `<button name="accion" value="${action}">${escaped(label)}</button>`;

// view: { provider, items: [{ description, amount }], total, takesCash }, amounts as texts
export function checkoutPage(view, action) {
  const items = view.items.map(({ description, amount }) => `<li>${escaped(description)}: ${escaped(amount)}</li>`).join('\n');
  return page(`Pagar con ${view.provider}`, `<ul>
${items}
</ul>
<p>Total: <strong>${escaped(view.total)}</strong></p>
<form method="post" action="${escaped(action)}">
${button('pagar', 'Pagar')}
${view.takesCash ? button('efectivo', 'Pagar en efectivo (OXXO)') : ''}
${button('cancelar', 'Cancelar')}
</form>`);
}

// `link` is optional: { href, label }
export const messagePage = (title, lines, link) => page(title, lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')
  + (link ? `<p><a href="${escaped(link.href)}">${escaped(link.label)}</a></p>` : ''));
