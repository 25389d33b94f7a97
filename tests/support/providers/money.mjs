// Amounts of the stand-in providers: whole numbers of minor units, written as each provider writes them.

// "1350.50" with 2 places is 135050. null for anything but digits and at most `places` decimals.
export function minorUnits(text, places) {
  const parts = /^(\d{1,12})(?:\.(\d+))?$/.exec(text);
  if (!parts || (parts[2] ?? '').length > places) return null;
  return Number(parts[1] + (parts[2] ?? '').padEnd(places, '0'));
}

// 135050 with 2 places is "1350.50"; always all places.
export function decimalText(minor, places) {
  if (!Number.isSafeInteger(minor) || minor < 0) throw new Error(`${minor} is no amount`);
  const digits = String(minor).padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

export const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0);
