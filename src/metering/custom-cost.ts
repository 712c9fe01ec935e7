import type { CustomCost } from '../ai-gateway-form/gateway-call.ts';
import type { Usage } from '../messages/usage.ts';

/** An amount without the errors of binary fractions: digits times a power of ten. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/**
 * What a request costs by its caller's own word, in USD: exact in the decimals that the caller
 * wrote, then the nearest number. Undefined where it goes by tokens and no count is known. Without
 * rates of its own, what the prompt cache read and wrote costs what input does; Workers reference §3.2.
 */
export function customCostUsd(cost: CustomCost, usage: Usage): number | undefined {
  if (cost.kind === 'total') return cost.total;
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const { input, output, cacheRead = input, cacheWrite = input } = cost;
  return numberOf(
    [
      times(input, inputTokens),
      times(output, outputTokens),
      times(cacheRead, cacheReadTokens),
      times(cacheWrite, cacheWriteTokens),
    ].reduce((sum, part) => plus(sum, part)),
  );
}

/** Nano-USD in USD. */
export function usdOf(nanoUsd: bigint): number {
  return numberOf({ digits: nanoUsd, exponent: -9 });
}

function times(rate: number, count: number): Decimal {
  const { digits, exponent } = decimalOf(rate);
  return { digits: digits * BigInt(count), exponent };
}

function plus(one: Decimal, other: Decimal): Decimal {
  const exponent = Math.min(one.exponent, other.exponent);
  const atScale = ({ digits, exponent: own }: Decimal): bigint =>
    digits * 10n ** BigInt(own - exponent);
  return { digits: atScale(one) + atScale(other), exponent };
}

/** The shortest decimal that stands for a number: what its writer wrote, up to 17 digits. */
function decimalOf(value: number): Decimal {
  const [mantissa = '0', power = '0'] = value.toString().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

function numberOf({ digits, exponent }: Decimal): number {
  return Number(`${String(digits)}e${String(exponent)}`);
}
