/** A command for the registry that a page stands in: its address is known only where the page is open. */
import { quoted } from "../../../src/base/shell-word.ts";

/** `command` with `placeholder` replaced by the address of `base` seen from `page`; as it is where that is no web page. */
export function withAddress(command: string, placeholder: string, base: string, page: string): string {
  const address = new URL(base, page);
  if (address.protocol !== "https:" && address.protocol !== "http:") return command;
  return command.replaceAll(placeholder, () => quoted(address.href));
}
