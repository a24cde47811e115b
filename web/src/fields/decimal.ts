/**
 * Decimals are strings from the database to the cell: "1234.50". Nothing here turns one into a float.
 */
export type Decimal = string;

const pattern = /^-?\d+(\.\d+)?$/;
export const isDecimal = (text: string): boolean => pattern.test(text);

/** "0012.3400" → "12.34", "-0.0" → "0": one spelling per number. */
export function canonical(value: Decimal): Decimal {
  if (!isDecimal(value)) return value;
  const negative = value.startsWith("-");
  const [whole = "0", fraction = ""] = value.replace("-", "").split(".");
  const head = whole.replace(/^0+(?=\d)/, "");
  const tail = fraction.replace(/0+$/, "");
  const plain = tail ? `${head}.${tail}` : head;
  return negative && plain !== "0" ? `-${plain}` : plain;
}
export const sameDecimal = (a: Decimal, b: Decimal): boolean => canonical(a) === canonical(b);
export const isZero = (value: Decimal): boolean => canonical(value) === "0";

/**
 * A number as people read it: grouped by thousands, a true minus, at least `least` decimals and at most `most`
 * (more are cut only when they are zeros: nothing is ever rounded for display).
 */
export function show(value: Decimal, least = 0, most = 8): string {
  if (!isDecimal(value)) return value;
  const plain = canonical(value);
  const negative = plain.startsWith("-");
  const [whole = "0", fraction = ""] = plain.replace("-", "").split(".");
  const tail = fraction.length > most ? fraction : fraction.padEnd(least, "0");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${negative ? "\u2212" : ""}${grouped}${tail ? `.${tail}` : ""}`;
}

/** The text an editor starts with: no grouping, no padding. */
export const edit = (value: Decimal): string => canonical(value);

/**
 * What people type and paste: "1,200.50", full-width digits, "(35)", "\u221235", "\u00a51 200", "12%". Null when it is no number.
 */
export function parse(text: string): Decimal | null {
  const half = text.normalize("NFKC").replace(/[\s,'$\u20ac\u00a3\u00a5\uffe5\u20a9%]|NT|RMB|USD|EUR|TWD|CNY|HKD|JPY|GBP/gi, "");
  const bracketed = /^\(.*\)$/.test(half);
  const plain = half.replace(/[()]/g, "").replace(/^[\u2212\u2013]/, "-").replace(/^\+/, "").replace(/^(-?)\./, "$10.").replace(/\.$/, "");
  if (!isDecimal(plain)) return null;
  return canonical(bracketed && !plain.startsWith("-") ? `-${plain}` : plain);
}

export const decimalsOf = (value: Decimal): number => canonical(value).split(".")[1]?.length ?? 0;

/** Exact sum. For what the server does not add up itself, such as the amounts of selected rows. */
export function add(values: readonly Decimal[]): Decimal {
  const scale = Math.max(0, ...values.map(decimalsOf));
  const total = values.reduce((sum, value) => sum + scaled(value, scale), 0n);
  return unscaled(total, scale);
}
export const negate = (value: Decimal): Decimal => canonical(value.startsWith("-") ? value.slice(1) : `-${value}`);

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(decimalsOf(a), decimalsOf(b));
  const [x, y] = [scaled(a, scale), scaled(b, scale)];
  return x < y ? -1 : x > y ? 1 : 0;
}
function scaled(value: Decimal, scale: number): bigint {
  const plain = canonical(value);
  const negative = plain.startsWith("-");
  const [whole = "0", fraction = ""] = plain.replace("-", "").split(".");
  const n = BigInt(whole + fraction.padEnd(scale, "0"));
  return negative ? -n : n;
}
function unscaled(n: bigint, scale: number): Decimal {
  const negative = n < 0n;
  const digits = (negative ? -n : n).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const plain = scale ? `${whole}.${digits.slice(-scale)}` : whole;
  return canonical(negative ? `-${plain}` : plain);
}
