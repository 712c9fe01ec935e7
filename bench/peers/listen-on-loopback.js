// Loaded before a peer that has no option for its address: the bench opens nothing beyond this machine.
import { Server } from 'node:net';

const listen = Server.prototype.listen;
Server.prototype.listen = function listenOnLoopback(first, ...rest) {
  const where = typeof first === 'object' ? first : { port: first };
  const callbacks = rest.filter((each) => typeof each === 'function');
  return listen.call(this, { ...where, host: '127.0.0.1' }, ...callbacks);
};
