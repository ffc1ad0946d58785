import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';

/** Part of `npm run build`: bundles what runs in browsers into `dist/pages`, where `gateway/pages` serves it from. */
const FROM = join(PROJECT_ROOT, 'gateway/pages/browser');
const TO = join(PROJECT_ROOT, 'dist/pages');

// parts that are shared have new names whenever they change
rmSync(TO, { recursive: true, force: true });

await build({
  entryPoints: ['home.ts', 'explorer.tsx', 'map.tsx', 'sandbox.ts', 'page.css', 'icon.svg'].map((name) =>
    join(FROM, name),
  ),
  outdir: TO,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  // the package writes style elements, which the pages' policy refuses
  alias: { 'react-style-singleton': join(FROM, 'explorer-styles.ts') },
  loader: { '.svg': 'copy' },
  chunkNames: 'chunk-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
});
