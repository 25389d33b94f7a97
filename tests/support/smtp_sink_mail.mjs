// Reads a mail as a person's program would: headers unfolded and decoded, the plain and the HTML part as text.

function decodedBytes(body, encoding) {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1');
  const plain = body.replace(/[ \t]+(?=\r?$)/gm, '').replace(/=\r?\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

// RFC 2047. Neighbouring encoded words are joined as bytes: a character may be cut in two.
export function decodedHeader(value) {
  const word = /=\?([^?]+)\?([BbQq])\?([^?]*)\?=/;
  return value.replace(/=\?[^?]+\?[BbQq]\?[^?]*\?=(?:\s+=\?[^?]+\?[BbQq]\?[^?]*\?=)*/g, (run) => {
    const pieces = run.split(/(?<=\?=)\s+/).map((piece) => {
      const [, , encoding, text] = word.exec(piece);
      return encoding.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64') : decodedBytes(text.replace(/_/g, '=20'), 'quoted-printable');
    });
    return Buffer.concat(pieces).toString('utf8');
  });
}

// { headers: Map of lower-case name -> array of decoded values, body } of a text in latin1 (one character a byte).
function entity(source) {
  const cut = /\r?\n\r?\n/.exec(source);
  const head = cut ? source.slice(0, cut.index) : source;
  const headers = new Map();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), decodedHeader(line.slice(colon + 1).trim())]);
  }
  return { headers, body: cut ? source.slice(cut.index + cut[0].length) : '' };
}

function collectParts({ headers, body }, found) {
  const type = headers.get('content-type')?.[0] ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary) {
    for (const piece of body.split(`--${boundary}`).slice(1, -1)) {
      collectParts(entity(piece.replace(/^\r?\n/, '').replace(/\r?\n$/, '')), found);
    }
    return;
  }
  const encoding = headers.get('content-transfer-encoding')?.[0]?.toLowerCase();
  const text = decodedBytes(body, encoding).toString('utf8').replace(/\r\n/g, '\n');
  found[type.startsWith('text/html') ? 'html' : 'text'] = text;
}

// { subject, text, html, headers, header(name) } of a mail's bytes.
export function readMail(bytes) {
  const whole = entity(Buffer.from(bytes).toString('latin1'));
  const header = (name) => whole.headers.get(name.toLowerCase())?.[0];
  const mail = { subject: header('subject'), text: '', html: '', headers: whole.headers, header };
  collectParts(whole, mail);
  return mail;
}
