// A plain viewer with the npm package ws: tells each message as a line of JSON. Argument: the address.
import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2]);
const tell = line => console.log(JSON.stringify(line));
socket.on('open', () => tell({ open: true, extensions: socket.extensions }));
socket.on('message', (payload, isBinary) => tell({ isBinary, base64: payload.toString('base64') }));
socket.on('close', (code, reason) => { tell({ code, reason: reason.toString() }); process.exit(0); });
socket.on('error', error => { console.error(error.message); process.exit(1); });
