/**
 * MapLibre without the parts that its worker alone runs. The worker is a program of its own, built from another file; the one for the
 * page carries its decoders and the laying out of labels too, which nothing there calls. The published file for the page is one
 * module, so the parts cannot be replaced by name: what calls them is cut, and the build drops what nothing calls any more.
 *
 * It reads the unminified file, the same program in readable names. Whatever is not found there just once, or is called after all,
 * fails the build: a new version of MapLibre has to be read before it is cut.
 */
import type { Plugin } from 'vite'

const file = 'maplibre-gl/dist/maplibre-gl-dev.mjs'

interface Cut {
  why: string
  from: string
  to: string
  /** What would call the part from elsewhere. */
  uncalled?: RegExp
}

const cuts: Cut[] = [
  {
    why: 'tiles in MLT, which this server does not make: they would be decoded here to ask what is under the pointer',
    from: 'this.vtLayers = new MLTVectorTile(this.rawTileData).layers;',
    to: 'throw new Error("MLT tiles are not supported");',
  },
  {
    why: 'symbols are laid out in the worker; the page draws what it is sent',
    from: '\t\tperformSymbolLayout({\n\t\t\tbucket: this,',
    to: '\t\tvoid ({\n\t\t\tbucket: this,',
    uncalled: /\.(addFeatures|performSymbolLayout)\(/,
  },
  {
    why: 'the order of characters in right-to-left text, used by the layout only; it is made by a call, which looks like it does something',
    from: 'const bidi = bidiFactory();',
    to: 'const bidi = /* @__PURE__ */ bidiFactory();',
  },
]

export function leanMapLibre(): Plugin {
  let seen = false
  return {
    name: 'lean-maplibre',
    apply: 'build',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^maplibre-gl$/ },
      handler(_source, importer) {
        return this.resolve(file, importer, { skipSelf: true })
      },
    },
    transform: {
      filter: { id: /maplibre-gl-dev\.mjs$/ },
      handler(code) {
        seen = true
        for (const { why, from, to, uncalled } of cuts) {
          const times = code.split(from).length - 1
          if (times !== 1) this.error(`MapLibre: what is cut (${why}) is there ${times} times, not once: ${from}`)
          const call = uncalled && code.split('\n').find((line) => uncalled.test(line) && !/^\s*(\*|\/\/)/.test(line))
          if (call) this.error(`MapLibre: what is cut (${why}) is called after all: ${call.trim()}`)
          code = code.replace(from, () => to)
        }
        return { code, map: null }
      },
    },
    buildEnd(failure) {
      if (!failure && !seen) this.error('MapLibre: the file that parts are cut from was not in the build')
    },
  }
}
