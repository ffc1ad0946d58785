import { ownershipOf } from './ownership.js';
import type { Page } from './page.js';
import type { Shown } from './pages.js';

/** `/map`: the schema as a picture; what is drawn is `browser/map.tsx`. */
export const mapPage = ({ supergraphs }: Shown): Page => ({
  title: 'Map of the schema',
  script: 'map',
  body: `<main id="map">
<h1>Map of the schema</h1>
<noscript><p>The map is drawn by a script, and scripts are off. docs/ownership.md tells the same in words.</p></noscript>
</main>`,
  data: ownershipOf(supergraphs().api),
});
