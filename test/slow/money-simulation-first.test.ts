import { checkChunks } from './simulated-money.ts';

checkChunks(0);
