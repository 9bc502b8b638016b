import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { httpReader } from "../../src/node/http-reader.ts";
import { describeReader, TREE } from "../client/reader-contract.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const serveFiles =
  (files: ReadonlyMap<string, Uint8Array>, prefix = "/"): RequestListener =>
  (request, response) => {
    const bytes = files.get((request.url ?? "").slice(prefix.length));
    response.statusCode = bytes === undefined ? 404 : 200;
    response.end(bytes);
  };

describeReader("http", async (files) => ({ reader: httpReader(await serve(serveFiles(files))) }));

describe("http reader", () => {
  it("asks again where the server closed the connection before it answered, and not for ever", async () => {
    let asked = 0;
    const closing = (times: number) =>
      serve((request, response) => {
        if (++asked <= times) request.socket.destroy();
        else response.end("here");
      });
    const bytes = await httpReader(await closing(2)).read("a.txt");
    expect([new TextDecoder().decode(bytes), asked]).toEqual(["here", 3]);
    asked = 0;
    await expect(httpReader(await closing(100)).read("a.txt")).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(asked).toBe(4);
  });

  it.each([
    ["ftp://example.org/", "not an http address"],
    ["example.org", "not an http address"],
    ["https://user:secret@example.org/", "password"],
    ["https://example.org/?x=1", '"?"'],
    ["http://example.org/", "plain http"],
    ["http://127.0.0.1.example.org/", "plain http"],
    ["http://localhost.example.org/", "plain http"],
  ])("refuses the address %s", (address, why) => {
    expect(() => httpReader(address)).toThrow(
      expect.objectContaining({ code: "BAD_LOCATION", message: expect.stringContaining(why) }),
    );
  });

  it("repeats no password that stands in an address", () => {
    expect(() => httpReader("https://user:hunter2@example.org/")).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/user|hunter2/) }),
    );
  });

  it("takes plain http of this machine, and of others where it is allowed", () => {
    for (const address of ["http://localhost:1", "http://127.0.0.1/x", "http://[::1]:2/"])
      expect(httpReader(address).location).toBe(address.endsWith("/") ? address : `${address}/`);
    expect(httpReader("http://example.org/a", { allowInsecure: true }).location).toBe(
      "http://example.org/a/",
    );
  });

  it("reads below a path, whether or not the address ends in a slash", async () => {
    const base = await serve(serveFiles(TREE, "/mirror/one/"));
    for (const address of [`${base}mirror/one`, `${base}mirror/one/`])
      expect(await httpReader(address).read("registry.json")).toEqual(utf8("{}"));
  });

  it.each([
    [404, "NOT_FOUND"],
    [410, "NOT_FOUND"],
    [429, "UNREACHABLE"],
    [500, "UNREACHABLE"],
    [503, "UNREACHABLE"],
    [403, "FORBIDDEN"],
    [401, "TOKEN_NEEDED"],
    [206, "BAD_RESPONSE"],
    [304, "BAD_RESPONSE"],
  ])("status %i is %s", async (status, code) => {
    const base = await serve((_, response) => {
      response.statusCode = status;
      response.end();
    });
    await expect(httpReader(base).read("v1/index.json")).rejects.toMatchObject({ code });
  });

  it("recognises a web page where a file should be", async () => {
    const base = await serve((_, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end("<h1>Please log in</h1>");
    });
    await expect(httpReader(base).read("registry.json")).rejects.toMatchObject({ code: "NOT_A_REGISTRY" });
    await expect(httpReader(base).read("v1/index.json")).rejects.toMatchObject({
      code: "BAD_RESPONSE",
      message: expect.stringContaining("web page"),
    });
  });

  it("says UNREACHABLE where nobody listens, and where the connection breaks", async () => {
    await expect(httpReader("http://127.0.0.1:1/").read("registry.json")).rejects.toMatchObject({
      code: "UNREACHABLE",
    });
    const base = await serve((_, response) => {
      response.setHeader("content-length", "1000");
      response.write("half");
      setTimeout(() => response.destroy(), 20);
    });
    await expect(httpReader(base).read("registry.json")).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  it("says TIMEOUT where no answer begins, where it stops, and where it never ends", async () => {
    const silent = await serve(() => {});
    await expect(httpReader(silent, { idleMsMax: 50 }).read("registry.json")).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    const stalled = await serve((_, response) => void response.write("half"));
    await expect(httpReader(stalled, { idleMsMax: 50 }).read("registry.json")).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    const endless = await serve((_, response) => {
      const timer = setInterval(() => response.write("x"), 5);
      response.on("close", () => clearInterval(timer));
    });
    await expect(
      httpReader(endless, { idleMsMax: 5000, totalMsMax: 100 }).read("registry.json"),
    ).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("stops an endless answer at its limit, and one that unpacks to too much", async () => {
    let sent = 0;
    const base = await serve((request, response) => {
      if (request.url === "/bomb") {
        response.setHeader("content-encoding", "gzip");
        response.end(gzipSync(new Uint8Array(20_000_000)));
        return;
      }
      const more = () => {
        while (!response.destroyed && response.write(new Uint8Array(65_536))) sent += 65_536;
      };
      response.on("drain", more);
      more();
    });
    await expect(httpReader(base).read("endless", { bytesMax: 100_000 })).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
    expect(sent).toBeLessThan(20_000_000);
    await expect(httpReader(base).read("bomb", { bytesMax: 100_000 })).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
  });

  it("follows a redirect to the same origin, not to plain http elsewhere, and not for ever", async () => {
    const other = await serve(serveFiles(TREE));
    const targets = new Map([
      ["/registry.json", "/moved/registry.json"],
      ["/elsewhere", `${other}registry.json`],
      ["/password", "https://user:secret@example.org/x"],
      ["/file", "file:///etc/passwd"],
      ["/loop", "/loop"],
    ]);
    const base = await serve((request, response) => {
      const target = targets.get(request.url ?? "");
      if (target === undefined) return serveFiles(TREE, "/moved/")(request, response);
      response.writeHead(302, { location: target }).end();
    });
    expect(await httpReader(base).read("registry.json")).toEqual(utf8("{}"));
    for (const path of ["elsewhere", "password", "file", "loop"])
      await expect(httpReader(base).read(path)).rejects.toMatchObject({ code: "BAD_RESPONSE" });
    expect(await httpReader(base, { allowInsecure: true }).read("elsewhere")).toEqual(utf8("{}"));
  });

  it("sends no credentials", async () => {
    let headers: Record<string, unknown> = {};
    const base = await serve((request, response) => {
      headers = request.headers;
      response.end("{}");
    });
    await httpReader(base).read("registry.json");
    expect(headers).not.toHaveProperty("cookie");
    expect(headers).not.toHaveProperty("authorization");
  });

  describe("with a token", () => {
    const access = { tokenFor: () => "the-token", hint: (location: string) => `ask for ${location}` };
    const noting = (answer: RequestListener) => {
      const sent: (string | undefined)[] = [];
      const listener: RequestListener = (request, response) => {
        sent.push(request.headers.authorization);
        answer(request, response);
      };
      return { sent, listener };
    };

    it("sends it to the origin of its address, after a redirect on the same site too", async () => {
      const { sent, listener } = noting((request, response) => {
        if (request.url === "/registry.json") response.writeHead(307, { location: "/moved" });
        response.end("{}");
      });
      const base = await serve(listener);
      expect(await httpReader(base, { access }).read("registry.json")).toEqual(utf8("{}"));
      expect(sent).toEqual(["Bearer the-token", "Bearer the-token"]);
    });

    it("never sends it to another port, name or scheme", async () => {
      const there = noting((_, response) => response.end("{}"));
      const port = new URL(await serve(there.listener)).port;
      for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"]) {
        const here = noting((_, response) =>
          response.writeHead(302, { location: `http://${host}:${port}/x` }).end(),
        );
        const reader = httpReader(await serve(here.listener), { access, allowInsecure: true });
        await reader.read("registry.json").catch(() => undefined);
        expect(here.sent).toEqual(["Bearer the-token"]);
      }
      expect(there.sent.length).toBeGreaterThan(0);
      expect(there.sent.every((token) => token === undefined)).toBe(true);
    });

    it.skipIf(process.platform === "win32")(
      "never sends it in the clear, also where http is allowed",
      async () => {
        const { sent, listener } = noting((_, response) => response.end("{}"));
        // Another way to write this machine, and no loopback address by its text.
        const address = (await serve(listener)).replace("127.0.0.1", "0.0.0.0");
        expect(await httpReader(address, { access, allowInsecure: true }).read("registry.json")).toEqual(
          utf8("{}"),
        );
        expect(sent).toEqual([undefined]);
      },
    );

    it.each([
      [401, "TOKEN_REFUSED", access],
      [403, "FORBIDDEN", access],
      [401, "TOKEN_NEEDED", { ...access, tokenFor: () => undefined }],
      [403, "FORBIDDEN", { ...access, tokenFor: () => undefined }],
    ])("says of status %i that it is %s, and what to do", async (status, code, known) => {
      const base = await serve((_, response) => response.writeHead(status).end());
      await expect(httpReader(base, { access: known }).read("registry.json")).rejects.toMatchObject({
        code,
        hint: `ask for ${base}`,
        message: expect.not.stringContaining("the-token"),
      });
    });

    it("has it in no error of the network", async () => {
      const base = await serve((request) => request.socket.destroy());
      const error = await httpReader(base, { access })
        .read("registry.json")
        .catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "UNREACHABLE" });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("the-token");
    });
  });

  it("is stopped by the caller's signal in the middle, with the caller's reason", async () => {
    const controller = new AbortController();
    const base = await serve((_, response) => {
      response.write("half");
      controller.abort(new Error("enough"));
    });
    await expect(httpReader(base).read("registry.json", { signal: controller.signal })).rejects.toThrow(
      "enough",
    );
  });
});
