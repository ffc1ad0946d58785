/** Where the API is: `http://localhost:4000`. Put in by `vite.config.ts`. */
declare const API_URL: string;
