// A plain publisher with the npm package ws: sends what the lines of its input say, { isBinary, base64 }. Ends the stream with its input.
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const socket = new WebSocket(process.argv[2]);
socket.on('error', error => { console.error(error.message); process.exit(1); });
socket.on('open', async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const { isBinary, base64 } = JSON.parse(line);
    const payload = Buffer.from(base64, 'base64');
    socket.send(isBinary ? payload : payload.toString());
  }
  socket.close(1000);
});
socket.on('close', code => console.log(JSON.stringify({ code })));
