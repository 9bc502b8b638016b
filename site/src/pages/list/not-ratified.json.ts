/** list/not-ratified.json: names that the holders of the root have not ratified, for the rows of a search. Fetched only where there are any. */
import { notRatified } from "../../catalogue/catalogue.ts";

export async function GET(): Promise<Response> {
  return Response.json(await notRatified());
}
