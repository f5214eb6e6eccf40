// Runs before the page is drawn. While the map loads, the class "js" hides the text that the server wrote, and the map's styles are in force
// instead of the text's (base.css); when the map cannot start, for an error in its scripts or within 8 seconds, both are taken back and the text is
// shown. The map says that it has started with window.wolnica = true, late or in time. In the words old browsers know: those without
// modules never hide the text.
;(function () {
  if (!('noModule' in HTMLScriptElement.prototype)) return
  var root = document.documentElement
  var started = false
  // Those of the text and those of the map are never in force together; what the map loads later is its own.
  function mapStyles(on) {
    var links = document.querySelectorAll('link[rel=stylesheet]')
    for (var i = 0; i < links.length; i++) {
      if (links[i].className === 'map-style') links[i].disabled = !on
      else if (links[i].getAttribute('href').indexOf('/site.css') === 0) links[i].disabled = on
    }
  }
  function showText() {
    if (started) return
    root.classList.remove('js')
    mapStyles(false)
  }
  root.classList.add('js')
  // The look that was chosen (src/state/settings.svelte.ts), before anything is drawn in another.
  try {
    var theme = localStorage.getItem('wolnica.theme')
    if (theme === 'light' || theme === 'dark') root.setAttribute('data-theme', theme)
  } catch (forbidden) {}
  // Written, as the parser then waits for them before it draws, as it does for those of the page itself.
  var styles = (document.currentScript.getAttribute('data-styles') || '').split(' ')
  for (var i = 0; i < styles.length; i++) {
    if (styles[i]) document.write('<link rel="stylesheet" class="map-style" href="' + styles[i] + '">')
  }
  mapStyles(true)
  // The element with this id would be window.wolnica otherwise.
  Object.defineProperty(window, 'wolnica', {
    configurable: true,
    get: function () { return started },
    set: function (told) {
      started = told || true
      root.classList.add('js')
      mapStyles(true)
    },
  })
  addEventListener('error', function (event) {
    if (event.target === window || event.target instanceof HTMLScriptElement) showText()
  }, true)
  addEventListener('unhandledrejection', showText)
  setTimeout(showText, 8000)
})()
