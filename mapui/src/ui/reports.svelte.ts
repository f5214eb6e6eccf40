/** How many reports of changes wait for a decision, for the figure beside the link to them. */
import { api, ask } from '../api/client'

class OpenReports {
  count = $state(0)
  #asked = 0

  /** Asks the server again, but not more often than once in a while; now asks in any case, such as after a decision. What fails leaves the figure as it was. */
  async refresh(now = false): Promise<void> {
    if (!now && Date.now() - this.#asked < 60_000) return
    this.#asked = Date.now()
    try {
      this.count = (await ask(api.GET('/api/v1/reports/count'))).open
    } catch {
      // the figure is a help; the page of reports says what is wrong
    }
  }
}

export const openReports = new OpenReports()
