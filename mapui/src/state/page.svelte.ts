/** What the page in the panel says of itself to the frame around it. */
class Page {
  /** The title, without the name of the program. */
  title = $state('')
}

export const page = new Page()

/** setTitle names the page, in the tab of the browser too. */
export function setTitle(title: string): void {
  page.title = title
  document.title = title ? `${title} · Wolnica` : 'Wolnica'
}
