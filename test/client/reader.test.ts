import { memoryReader } from "../../src/client/reader.ts";
import { describeReader } from "./reader-contract.ts";

describeReader("memory", async (files) => ({ reader: memoryReader(files) }));
