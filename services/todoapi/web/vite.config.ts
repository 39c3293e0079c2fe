import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const api = process.env.API_URL ?? "http://localhost:8080";
/** The platform gives tickets to pages of its own address alone. */
const platform = { target: api, ws: true, changeOrigin: true, headers: { Origin: api } };

/** Writes a brotli and a gzip copy beside each text file, so that the server never compresses. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    writeBundle({ dir }) {
      if (!dir) return;
      for (const entry of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|svg|html)$/.test(entry)) continue;
        const file = join(dir, entry);
        const content = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(content));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** What the service worker keeps: all that the app may need at once, and its letters. */
function isKept(file: string): boolean {
  if (file.startsWith("assets/reference-")) return false;
  return /\.(js|css|webmanifest|svg|png)$/.test(file) || /inter-latin(-ext)?-wght-normal-.*\.woff2$/.test(file);
}

/** Tells the service worker what the build has made. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    enforce: "post",
    apply: "build",
    generateBundle(_, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") throw new Error("the build has no service worker");
      const made = Object.keys(bundle).filter((file) => file !== "sw.js" && isKept(file));
      const files = ["/", ...[...made, ...readdirSync("public").filter(isKept)].sort().map((file) => `/${file}`)];
      const version = createHash("sha256");
      for (const file of made) version.update(file);
      const index = bundle["index.html"];
      if (index?.type === "asset") version.update(index.source);
      worker.code = worker.code.replaceAll("__BUILD__", JSON.stringify({ version: version.digest("hex").slice(0, 12), files }));
    },
  };
}

/**
 * Says at the head of every sheet in which order the layers outweigh each other: the sheet that
 * a browser reads first decides, and which one that is depends on how the build is split.
 */
function layerOrder(): Plugin {
  const order = "@layer reset, tokens, ui, features;";
  return {
    name: "layer-order",
    enforce: "pre",
    transform: { filter: { id: /\/src\/.*\.css$/ }, handler: (css) => ({ code: `${order}\n${css}`, map: null }) },
  };
}

/** Pages and programs of their own. */
const apart = /\/(reference\.html|src\/(reference|worker)\/|swagger-ui-dist\/)/;

/** What the app may load before it shows a list: brotli, in bytes. */
const startBudget = 150_000;

/** Has the build fail when the code that every visit loads outgrows its budget. */
function startWithinBudget(): Plugin {
  return {
    name: "start-within-budget",
    apply: "build",
    writeBundle({ dir }) {
      if (!dir) return;
      // The page names the entry and, for the browser to load them at once, all that the entry imports.
      const start = new Set(readFileSync(join(dir, "index.html"), "utf8").match(/assets\/[\w-]+\.js/g));
      const size = [...start].reduce((sum, file) => sum + statSync(join(dir, `${file}.br`)).size, 0);
      if (start.size === 0 || size > startBudget) {
        this.error(`the app starts with ${size} bytes of JavaScript (brotli) and may with ${startBudget}: fetch lazily what the first list can do without`);
      }
      this.info(`the app starts with ${size} of ${startBudget} bytes of JavaScript (brotli)`);
    },
  };
}

export default defineConfig({
  plugins: [react(), layerOrder(), serviceWorker(), precompress(), startWithinBudget()],
  build: {
    target: "es2022",
    // A data: URL would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The reference of the API is a page of its own: nobody loads it with the app.
    rolldownOptions: {
      input: ["index.html", "reference.html", "src/worker/sw.ts"],
      // A service worker is found by its name, and is asked for anew at each visit.
      output: {
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // What every visit loads comes as one file, which is smaller than thirty.
        codeSplitting: { groups: [{ name: "start", tags: ["$initial"], test: (id) => !apart.test(id) }] },
      },
    },
    chunkSizeWarningLimit: 1600, // in KB; Swagger UI comes as one file
  },
  server: { proxy: { "/api": platform, "/realtime": platform } },
  test: { include: ["src/**/*.test.ts"] },
});
