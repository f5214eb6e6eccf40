// Runs before the page is drawn. While the map loads, the class "js" hides the text that the server wrote (site.css); when the map
// cannot start, for an error in its scripts or within 8 seconds, the text is shown again. In the words old browsers know: those
// without modules never hide it.
;(function () {
  if (!('noModule' in HTMLScriptElement.prototype)) return
  var root = document.documentElement
  root.classList.add('js')
  function show() {
    // An element with the id "wolnica" is window.wolnica as well, until the map puts itself there.
    if (!window.wolnica || window.wolnica instanceof Element) root.classList.remove('js')
  }
  addEventListener('error', function (event) {
    if (event.target === window || event.target instanceof HTMLScriptElement) show()
  }, true)
  addEventListener('unhandledrejection', show)
  setTimeout(show, 8000)
})()
