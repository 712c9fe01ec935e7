import { checkSeeds } from './check-seeds.ts';
import { halfOfCheck } from './check-size.ts';

checkSeeds('the second half of the seeds', halfOfCheck(1));
