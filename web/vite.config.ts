import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The built UI goes straight into the Python package; in development the API is a running `heyi`. */
const server = process.env.HEYI_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: { outDir: "../src/heyi/web", emptyOutDir: true, target: "es2023", sourcemap: false },
  server: {
    proxy: Object.fromEntries(["/api", "/_allauth", "/healthz"].map((path) => [path, { target: server, changeOrigin: false }])),
  },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
