import type { TextSearch } from '../std/linear-pattern.ts';

/** How many letters an account number of each country has: the registry of ISO 13616. */
const lengths: ReadonlyMap<string, number> = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((entry): readonly [string, number] => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Looks for international bank account numbers, in one piece or in groups of four. */
export function findIban(text: string): TextSearch {
  let isFound = false;
  return (from, to) => {
    for (let at = from; at < to && !isFound; at++) {
      isFound = isUpper(text, at) && !isAlphanumeric(text[at - 1]) && isIbanAt(text, at);
    }
    return isFound;
  };
}

function isIbanAt(text: string, at: number): boolean {
  const length = lengths.get(text.slice(at, at + 2));
  if (length === undefined) return false;
  const letters = lettersAt(text, at, length);
  return letters !== undefined && /^[A-Z]{2}\d{2}/.test(letters) && hasCheckDigits(letters);
}

/** So many letters, blanks between groups of four left out; undefined where more or fewer stand there. */
function lettersAt(text: string, at: number, length: number): string | undefined {
  const isGrouped = text[at + 4] === ' ';
  let letters = '';
  let place = at;
  while (letters.length < length) {
    const letter = text[place];
    if (isGrouped && letter === ' ' && letters.length % 4 === 0) {
      place += 1;
      if (text[place] === ' ') return undefined;
      continue;
    }
    if (letter === undefined || !/[A-Z0-9]/.test(letter)) return undefined;
    letters += letter;
    place += 1;
  }
  return isAlphanumeric(text[place]) ? undefined : letters;
}

/** ISO 7064, MOD 97-10, with the country and the check digits at the end. */
function hasCheckDigits(letters: string): boolean {
  const turned = letters.slice(4) + letters.slice(0, 4);
  let rest = 0;
  for (const letter of turned) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function isUpper(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 65 && unit <= 90;
}

function isAlphanumeric(letter: string | undefined): boolean {
  return letter !== undefined && /[A-Za-z0-9]/.test(letter);
}
