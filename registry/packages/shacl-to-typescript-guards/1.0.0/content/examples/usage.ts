// How a program uses the generated guards; compiled and run by the package's own check.
import { checkOrder, isOrder } from "./generated/guards.ts";

const good: unknown = JSON.parse(`{
  "orderNumber": "2026-0001", "orderedAt": "2026-11-20T09:30:00Z", "buyer": "customers/ada", "state": "paid",
  "line": [{ "sku": "TEA-250", "pieces": 2, "unitPrice": 9 }]
}`);
if (isOrder(good)) console.log(`${good.orderNumber}: ${good.line.length} line, ${good.state}`);

const bad: unknown = JSON.parse(`{
  "orderNumber": "1", "buyer": "customers/ada", "state": "lost",
  "line": [{ "sku": "TEA-250", "pieces": 0, "unitPrice": 9 }], "colour": "green"
}`);
for (const problem of checkOrder(bad)) console.log(problem);
