import { readdirSync, readFileSync, writeFileSync } from "node:fs";
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

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    target: "es2022",
    // A data: URL would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The reference of the API is a page of its own: nobody loads it with the app.
    rolldownOptions: { input: ["index.html", "reference.html"] },
    chunkSizeWarningLimit: 1600, // in KB; Swagger UI comes as one file
  },
  server: { proxy: { "/api": platform, "/realtime": platform } },
  test: { include: ["src/**/*.test.ts"] },
});
