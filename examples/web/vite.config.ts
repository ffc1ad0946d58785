import { randomBytes } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv, type Plugin } from 'vite';

/** Nothing from elsewhere but the API's answers, no inline script or style, no frame. */
const policy = (api: string, allowed = ''): string =>
  [
    "default-src 'none'",
    `script-src 'self'${allowed}`,
    `style-src 'self'${allowed}`,
    "img-src 'self' data:",
    `connect-src 'self' ${api}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** What a page cannot say of itself, only a header. */
const NO_FRAMES = "frame-ancestors 'none'";

/** The policy stands in the page, so that it holds wherever the build is put. */
const policyInPage = (content: string): Plugin => ({
  name: 'policy-in-page',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content }, injectTo: 'head-prepend' },
  ],
});

/** `VITE_API_URL` says where the API is. */
export default defineConfig(({ command, mode }) => {
  const api = new URL(loadEnv(mode, '.').VITE_API_URL ?? 'http://localhost:4000').origin;
  // while developing, Vite puts its own scripts and styles into the page: this word lets them in
  const nonce = command === 'serve' ? randomBytes(16).toString('base64') : undefined;
  return {
    plugins: [react(), policyInPage(policy(api))],
    define: { API_URL: JSON.stringify(api) },
    html: { cspNonce: nonce },
    server: {
      port: 5173,
      headers: { 'content-security-policy': `${policy(`${api} ws://localhost:*`, ` 'nonce-${nonce}'`)}; ${NO_FRAMES}` },
    },
    preview: { port: 4173, headers: { 'content-security-policy': NO_FRAMES } },
  };
});
