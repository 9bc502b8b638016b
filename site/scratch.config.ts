import config from "./astro.config.ts";
const to = (id: string) => (id.endsWith("published-tree.ts") ? "/tmp/scratch-site/tree.ts" : id.endsWith("client/browser.ts") ? "/tmp/scratch-site/browser.ts" : undefined);
export default { ...config, vite: { ...config.vite, plugins: [{ name: "scratch", enforce: "pre", resolveId: to }] } };
