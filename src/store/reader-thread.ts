import { serveReader } from './serve-reader.ts';

serveReader((name) => Promise.reject(new Error(`this thread makes no answer "${name}"`)));
