import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

export default {
  preprocess: vitePreprocess(),
  // The class of a component is named after its file, such as s-explore-Row, because the server writes the first view with them (api/site/templates/shared/first.html).
  compilerOptions: { cssHash: ({ filename }) => `s-${filename.split("/").slice(-2).join("-").replace(".svelte", "")}` },
}
