import react from '@vitejs/plugin-react';
import type { UserConfig } from 'vite';
import { defineConfig } from 'vite';

/** Where `npm run console` sends what is not a browser file: a gateway's admin listener. */
const adminUrl = process.env['QUATRAIN_ADMIN_URL'] ?? 'http://127.0.0.1:4115';
/** For development only: the dev server says who it is by an admin key, so that no one signs in. */
const adminKey = process.env['QUATRAIN_ADMIN_KEY'];

const proxied = {
  target: adminUrl,
  ...(adminKey === undefined ? {} : { headers: { 'x-api-key': adminKey } }),
};

const config: UserConfig = defineConfig(({ command }) => ({
  root: import.meta.dirname,
  base: command === 'build' ? '/assets/' : '/console/',
  plugins: [react()],
  // The gateway sends these bytes to any reader: no name of a folder of this machine is in them.
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsDir: '',
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    sourcemap: false,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        console: 'src/app/console.tsx',
        playground: 'src/playground/playground.tsx',
        catalog: 'src/catalog/catalog.ts',
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/admin': proxied, '/console/try': proxied, '/models': proxied },
  },
}));

export default config;
