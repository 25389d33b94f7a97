// Speaks FastCGI to a handler's socket directly, to send what nginx would never let through, such as half a body.
//
//   const answer = await askHandler(`${stack.data}/run/login.sock`, { REQUEST_METHOD: 'POST', ... }, body);
//   answer.status, answer.text; status 0 when the handler closed without an answer
import net from 'node:net';

const request_id = 1;
const kinds = { begin: 1, params: 4, stdin: 5, stdout: 6 };

function record(kind, content) {
  const header = Buffer.from([1, kind, 0, request_id, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([header, content]);
}

function lengthBytes(length) {
  if (length < 128) return Buffer.from([length]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length + 0x80000000);
  return bytes;
}

function parameters(values) {
  return Buffer.concat(Object.entries(values).flatMap(([name, value]) => {
    const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
    return [lengthBytes(nameBytes.length), lengthBytes(valueBytes.length), nameBytes, valueBytes];
  }));
}

function readAnswer(bytes) {
  const parts = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === kinds.stdout) parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + bytes[at + 6];
  }
  const text = Buffer.concat(parts).toString('utf8');
  return { status: Number(/^Status: (\d+)/m.exec(text)?.[1] ?? 0), text };
}

// `end: false` leaves the body's end unsaid and closes our side instead.
export function askHandler(socketPath, values, body = '', { end = true, timeout = 20_000 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path: socketPath, allowHalfOpen: true });
    const parts = [];
    socket.setTimeout(timeout, () => socket.destroy(new Error('no answer from the handler in time')));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('end', () => { socket.end(); resolve(readAnswer(Buffer.concat(parts))); });
    const bytes = Buffer.from(body);
    socket.write(record(kinds.begin, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])));
    socket.write(record(kinds.params, parameters(values)));
    socket.write(record(kinds.params, Buffer.alloc(0)));
    for (let at = 0; at < bytes.length; at += 32_000) socket.write(record(kinds.stdin, bytes.subarray(at, at + 32_000)));
    if (end) socket.write(record(kinds.stdin, Buffer.alloc(0)));
    else socket.end();
  });
}
