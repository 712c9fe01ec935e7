import { checkSeeds } from './check-seeds.ts';
import { halfOfCheck } from './check-size.ts';

checkSeeds('the first half of the seeds', halfOfCheck(0));
