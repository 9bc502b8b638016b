// Written by shacl-to-typescript-guards. Do not edit: change the shapes and sync again.

export interface Customer {
  id?: string;
  displayName: string;
  email?: string;
}

export interface Order {
  id?: string;
  /** The number that buyer and seller use. */
  orderNumber: string;
  orderedAt: string;
  buyer: string;
  state: "placed" | "paid" | "shipped";
  line: Array<OrderLine>;
  note?: Array<string>;
}

export interface OrderLine {
  sku: string;
  pieces: number;
  unitPrice: number;
}

interface Rule {
  readonly is: "string" | "number" | "integer" | "boolean" | "shape";
  readonly shape?: string;
  readonly list: boolean;
  readonly least: number;
  readonly most?: number;
  readonly oneOf?: readonly string[];
  readonly pattern?: RegExp;
  readonly lengths?: readonly [number, number];
  readonly bounds?: (n: number) => boolean;
}

const RULES: Readonly<Record<string, { readonly closed: boolean; readonly rules: Readonly<Record<string, Rule>> }>> = {
  Customer: {
    closed: false,
    rules: {
      id: { is: "string", list: false, least: 0 },
      displayName: { is: "string", list: false, least: 1, most: 1, lengths: [1, 80] },
      email: { is: "string", list: false, least: 0, most: 1 },
    },
  },
  Order: {
    closed: true,
    rules: {
      id: { is: "string", list: false, least: 0 },
      orderNumber: { is: "string", list: false, least: 1, most: 1, pattern: new RegExp("^[0-9]{4}-[0-9]{4}$") },
      orderedAt: { is: "string", list: false, least: 1, most: 1 },
      buyer: { is: "string", list: false, least: 1, most: 1 },
      state: { is: "string", list: false, least: 1, most: 1, oneOf: ["placed", "paid", "shipped"] },
      line: { is: "shape", shape: "OrderLine", list: true, least: 1, most: 100 },
      note: { is: "string", list: true, least: 0, lengths: [0, 200] },
    },
  },
  OrderLine: {
    closed: false,
    rules: {
      sku: { is: "string", list: false, least: 1, most: 1 },
      pieces: { is: "integer", list: false, least: 1, most: 1, bounds: (n) => n >= 1 },
      unitPrice: { is: "number", list: false, least: 1, most: 1, bounds: (n) => n > 0 },
    },
  },
};

function checkValue(rule: Rule, value: unknown, at: string): string[] {
  if (rule.is === "shape") return check(rule.shape ?? "", value, at);
  const wanted = rule.is === "integer" ? "number" : rule.is;
  if (typeof value !== wanted) return [`${at}: not a ${wanted}`];
  if (rule.is === "integer" && !Number.isInteger(value)) return [`${at}: not an integer`];
  const problems: string[] = [];
  if (typeof value === "string") {
    if (rule.oneOf && !rule.oneOf.includes(value)) problems.push(`${at}: not one of ${rule.oneOf.join(", ")}`);
    if (rule.pattern && !rule.pattern.test(value)) problems.push(`${at}: does not match ${rule.pattern.source}`);
    const length = [...value].length;
    if (rule.lengths && (length < rule.lengths[0] || length > rule.lengths[1])) problems.push(`${at}: wrong length`);
  }
  if (typeof value === "number" && rule.bounds && !rule.bounds(value)) problems.push(`${at}: out of bounds`);
  return problems;
}

/** What is wrong with a value, one line each with its place; empty when nothing is. */
function check(name: string, value: unknown, at: string): string[] {
  const shape = RULES[name];
  if (shape === undefined) return [`${at}: no shape ${name}`];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: not an object`];
  const fields = new Map(Object.entries(value));
  const problems: string[] = [];
  for (const [key, rule] of Object.entries(shape.rules)) {
    const field: unknown = fields.get(key);
    const place = `${at}.${key}`;
    if (field === undefined) {
      if (rule.least > 0) problems.push(`${place}: missing`);
    } else if (!rule.list) {
      problems.push(...checkValue(rule, field, place));
    } else if (!Array.isArray(field)) {
      problems.push(`${place}: not a list`);
    } else {
      if (field.length < rule.least) problems.push(`${place}: fewer than ${rule.least}`);
      if (rule.most !== undefined && field.length > rule.most) problems.push(`${place}: more than ${rule.most}`);
      field.forEach((item: unknown, i) => problems.push(...checkValue(rule, item, `${place}[${i}]`)));
    }
  }
  if (shape.closed) for (const key of fields.keys()) if (!Object.hasOwn(shape.rules, key)) problems.push(`${at}.${key}: not known`);
  return problems;
}

export const checkCustomer = (value: unknown): string[] => check("Customer", value, "$");
export const isCustomer = (value: unknown): value is Customer => checkCustomer(value).length === 0;

export const checkOrder = (value: unknown): string[] => check("Order", value, "$");
export const isOrder = (value: unknown): value is Order => checkOrder(value).length === 0;

export const checkOrderLine = (value: unknown): string[] => check("OrderLine", value, "$");
export const isOrderLine = (value: unknown): value is OrderLine => checkOrderLine(value).length === 0;
