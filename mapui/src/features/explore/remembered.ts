/** What this browser remembers of the visitor's needs: a cookie that the server writes and no script can read, and that the text pages know too. */
async function send(form: URLSearchParams): Promise<boolean> {
  try {
    // done is answered by leading elsewhere, which here is not followed; anything else is a page that says what was wrong
    return (await fetch('/potrzeby', { method: 'POST', body: form, redirect: 'manual' })).type === 'opaqueredirect'
  } catch {
    return false
  }
}

/** remember keeps the needs, under the names of the address; false says that they were not kept. */
export const remember = (needs: URLSearchParams) => send(needs)

/** forget takes away what is kept, if anything is; false says that it may still be there. */
export const forget = () => send(new URLSearchParams({ forget: '1' }))
