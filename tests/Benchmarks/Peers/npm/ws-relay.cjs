// A relay as its users write it with the npm package ws: /streamer/{channel} publishes, /viewer/{channel} watches. Argument: the port.
const { WebSocketServer } = require('ws');

const channels = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), perMessageDeflate: false, maxPayload: 16 << 20 });
server.on('connection', (socket, request) => {
  socket.on('error', () => {});
  const [, role, name] = request.url.split('/');
  if (!channels.has(name)) channels.set(name, new Set());
  const viewers = channels.get(name);
  if (role === 'viewer') {
    viewers.add(socket);
    socket.on('close', () => viewers.delete(socket));
  } else {
    socket.on('message', (message, isBinary) => {
      for (const viewer of viewers) viewer.send(message, { binary: isBinary });
    });
  }
});
